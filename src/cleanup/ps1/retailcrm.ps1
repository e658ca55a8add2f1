# Сценарий объединения клиентов RetailCRM для Windows, создан программой sverka. Делает то же, что retailcrm.sh.
#
# Запуск (Windows PowerShell 5.1 или PowerShell 7.5 и новее)
#   $env:RETAILCRM_URL = 'https://МАГАЗИН.retailcrm.ru'; $env:RETAILCRM_API_KEY = 'КЛЮЧ'
#   powershell -ExecutionPolicy Bypass -File .\retailcrm.ps1            пробный запуск: ничего не меняет
#   powershell -ExecutionPolicy Bypass -File .\retailcrm.ps1 -Apply     выполняет
#   ... -Undo                     показывает, какие ИНН можно вернуть;  -Undo -Apply возвращает
#   ... -Plan ФАЙЛ, -Journal ПАПКА
#
# Что делает, что проверяет и чего нельзя вернуть, сказано в начале retailcrm.sh. Журнал у обоих сценариев общий. Ключ -
# секрет: он берётся только из переменной окружения, передаётся заголовком и никуда не пишется.
[CmdletBinding()]
param(
    [switch]$Apply,
    [switch]$Undo,
    [string]$Plan = '',
    [string]$Journal = ''
)
$dialect = 'retailcrm'
# {общее}

$base = (Get-Required 'RETAILCRM_URL').TrimEnd('/')
if ($base -notmatch '^https?://[^\s"\\@?#/]+$') { Stop-Script 'RETAILCRM_URL не похож на адрес: https://МАГАЗИН.retailcrm.ru' }
$key = Get-Required 'RETAILCRM_API_KEY'
if ($key -notmatch '^[A-Za-z0-9]+$') { Stop-Script 'RETAILCRM_API_KEY не похож на ключ' }
$secrets = @($key)
$pause = Get-Pause 'RETAILCRM_PAUSE' 150

function Get-Verdict([string]$Text) {
    try { $answer = Read-Json $Text } catch { $answer = $null }
    if ($script:status -ge 200 -and $script:status -lt 300) {
        $success = Get-Field $answer 'success'
        if ($success -is [bool] -and $success) { return New-Verdict 'ok' '' $answer }
        return New-Verdict 'failed' 'success не true' $answer
    }
    $verdict = New-Verdict 'failed' "ответ с кодом $($script:status)" $answer
    if ($script:status -eq 404) { $verdict.missing = $true }
    if ($script:status -eq 429 -or ($script:status -eq 503 -and $Text -match 'limit')) { $verdict.word = 'refused' }
    elseif ($script:status -ge 500) { $verdict.word = 'unclear' }
    return $verdict
}
function Invoke-Read([string]$Path) { return Invoke-System $true 'GET' ($base + '/api/v5/' + $Path) '' '' @{ 'X-API-KEY' = $key } }

# Карточка и, у корпоративного клиента, его юрлица; $null, если прочитать нельзя.
function Read-Card([string]$List, [string]$Id) {
    $verdict = Invoke-Read "$List/${Id}?by=id"
    if ($verdict.word -ne 'ok') { return $null }
    $main = Get-Field $verdict.answer 'customer'
    if ($null -eq $main) { $main = Get-Field $verdict.answer 'customerCorporate' }
    if ($main -isnot [Management.Automation.PSCustomObject]) { $script:fault = 'в ответе нет карточки'; return $null }
    $companies = @()
    if ($List -ceq 'customers-corporate') {
        $verdict = Invoke-Read "$List/$Id/companies?by=id&limit=100"
        if ($verdict.word -ne 'ok') { $script:missing = $false; return $null }
        $companies = Get-List $verdict.answer 'companies'
    }
    return [PSCustomObject]@{ card = $main; companies = $companies }
}

function Get-Inns($Card) {
    $owners = @($Card.card) + @($Card.companies)
    $found = @()
    foreach ($owner in $owners) {
        $number = Get-Significant (Get-Field (Get-Field $owner 'contragent') 'INN')
        if ($number -ne '' -and $found -cnotcontains $number) { $found += $number }
    }
    return , $found
}

function Get-Accepted($Expected) {
    $accepted = @()
    foreach ($text in (Get-List $Expected 'inn')) { $accepted += (Get-Significant $text) }
    return , $accepted
}

# Почему карточка не та, что была в выгрузке; пустая строка, если та.
function Get-Change($Card, $Expected, [bool]$Trusted, $Inn) {
    if ($null -eq $Expected) { return 'карточки нет в плане' }
    if ($Trusted) { return '' }
    if ($null -ne (Get-Field $Expected 'inn')) {
        $accepted = Get-Accepted $Expected
        $known = $false
        foreach ($number in $Inn) { if ($accepted -ccontains $number) { $known = $true } }
        if (($accepted[0] -eq '' -and $Inn.Count -gt 0) -or ($accepted[0] -ne '' -and -not $known)) { return 'ИНН изменился после выгрузки' }
    }
    $texts = Get-Field $Expected 'texts'
    foreach ($field in (Get-Names $texts)) {
        if ((Get-Fold (Get-Field $Card.card $field)) -cne (Get-Fold (Get-Field $texts $field))) { return "поле $field изменилось после выгрузки" }
    }
    return ''
}

# Лишних карточек больше нет; «не читается» - не то же, что «нет».
function Test-Gone([string]$List, [string[]]$Ids) {
    foreach ($one in $Ids) {
        if ($null -ne (Read-Card $List $one) -or -not $script:missing) { return $false }
    }
    return $true
}

# В каком списке карточка, видно по ответу: номера в выгрузке могли быть из любого. Пустой список: её нет; $null: не читается.
function Find-Card($Step, [string]$Id) {
    foreach ($one in (Get-List $Step 'lists')) {
        if ($one -cne 'customers' -and $one -cne 'customers-corporate') { continue }
        $card = Read-Card $one $Id
        if ($null -ne $card) { return @{ list = $one; card = $card } }
        if (-not $script:missing) { return $null }
    }
    return @{ list = ''; card = $null }
}

# Владельцы реквизитов с таким ИНН: сама карточка или её юрлица.
function Find-Owners($Found, [string]$Id, [string]$Text) {
    $owners = @()
    if ($Found.list -ceq 'customers') { $owners += @{ path = "customers/$Id/edit"; name = 'customer'; owner = $Found.card.card } }
    foreach ($company in $Found.card.companies) {
        $number = Get-Text (Get-Field $company 'id')
        $owners += @{ path = "customers-corporate/$Id/companies/$number/edit"; name = 'company'; owner = $company }
    }
    $holding = @()
    foreach ($one in $owners) {
        $contragent = Get-Field $one.owner 'contragent'
        if ($contragent -is [Management.Automation.PSCustomObject] -and (Get-Fold (Get-Field $contragent 'INN')) -ceq (Get-Fold $Text)) { $holding += $one }
    }
    return , $holding
}

# Реквизиты строкой, для сравнения: порядок полей не важен.
function Get-Signature($Contragent) {
    $texts = @()
    foreach ($name in (Get-Names $Contragent)) {
        $texts += ($name + '=' + (ConvertTo-Json -InputObject (Get-Field $Contragent $name) -Depth 20 -Compress))
    }
    [Array]::Sort($texts, [StringComparer]::Ordinal)
    return $texts -join ' '
}

# Что делать: write, same, skip или fail.
function Get-FixLook($Step, [string]$Id, [string]$Was, [string]$Becomes) {
    $look = @{ what = 'fail'; detail = ''; owner = $null; found = $null }
    $look.found = Find-Card $Step $Id
    if ($null -eq $look.found) { $look.detail = "карточка $Id не читается: $($script:fault)"; return $look }
    if ($look.found.list -eq '') { $look.what = 'skip'; $look.detail = "карточки $Id нет"; return $look }
    $old = Find-Owners $look.found $Id $Was
    $new = Find-Owners $look.found $Id $Becomes
    if ($old.Count -eq 1) {
        $look.what = 'write'
        $look.detail = "ИНН карточки $Id"
        $look.owner = $old[0]
    } elseif ($old.Count -eq 0 -and $new.Count -eq 1) {
        $look.what = 'same'
        $look.detail = "ИНН карточки $Id уже исправлен"
        $look.owner = $new[0]
    } else {
        $look.what = 'skip'
        $look.detail = "у карточки $Id нет единственного реквизита с прежним ИНН"
    }
    return $look
}

function Invoke-Fix($Step, [string]$Id, [string]$Card, [bool]$Done, [bool]$Started) {
    $was = Get-Text (Get-Field $Step 'expected')
    $becomes = Get-Text (Get-Field $Step 'value')
    $state = 'готово'
    if ($Undo) {
        if (-not $Done) { return }
        $text = $was
        $was = $becomes
        $becomes = $text
        $state = 'отменено'
    } elseif ($Done) { return }
    $look = Get-FixLook $Step $Card $was $becomes
    switch ($look.what) {
        'write' {
            if (-not $Apply) {
                if ($Undo) { Write-Done $Id 'будет отменено' $look.detail } else { Write-Done $Id 'будет исправлено' $look.detail }
                return
            }
            Save-Before "$($look.found.list)-$Card" $look.found.card
            if (-not $Undo) { Write-Note $Id 'начато' $Card }
            # Реквизиты отправляются целиком, как прочитаны, с одним изменённым полем.
            $contragent = Get-Field $look.owner.owner 'contragent'
            $contragent.INN = $becomes
            $wanted = Get-Signature $contragent
            $body = ConvertTo-Json -InputObject @{ contragent = $contragent } -Depth 20 -Compress
            $form = 'by=id&entityBy=id&' + $look.owner.name + '=' + [Uri]::EscapeDataString($body)
            $site = Get-Text (Get-Field $look.found.card.card 'site')
            if ($site -ne '') { $form += '&site=' + [Uri]::EscapeDataString($site) }
            $verdict = Invoke-System $false 'POST' ($base + '/api/v5/' + $look.owner.path) $form 'application/x-www-form-urlencoded' @{ 'X-API-KEY' = $key }
            $lost = $verdict.fault
            if ($verdict.word -eq 'ok') { $lost = 'система приняла ИНН, но не изменила' }
            $look = Get-FixLook $Step $Card $was $becomes
            if ($look.what -ne 'same') { Write-Fail $Id "$lost; запустите сценарий ещё раз" }
            elseif ((Get-Signature (Get-Field $look.owner.owner 'contragent')) -cne $wanted) {
                Write-Fail $Id "вместе с ИНН карточки $Card изменились другие реквизиты: сверьте их с $beforeFolder"
            } else { Write-Done $Id $state "ИНН карточки $Card" }
        }
        'same' {
            # Что исправил человек, отмена не тронет.
            if ($Undo) { Write-Note $Id 'отменено' 'прежний ИНН уже стоит' }
            elseif ($Started) { Write-Done $Id 'готово' $look.detail }
            else { Write-Skip $Id $look.detail }
        }
        'skip' { Write-Skip $Id $look.detail }
        default { Write-Fail $Id $look.detail }
    }
}

function Invoke-Step($Step) {
    $id = Get-StepName $Step
    $number = Get-Text (Get-Field $Step 'id')
    if ($number -ne '') {
        Test-Numbers @($number)
        Invoke-Fix $Step $id $number ($script:doneSteps.ContainsKey($id)) ($script:startedSteps.ContainsKey($id))
        return
    }
    $keep = Get-Text (Get-Field $Step 'keep')
    $drop = @()
    foreach ($one in (Get-List $Step 'drop')) { $drop += (Get-Text $one) }
    Test-Numbers (@($keep) + $drop)
    if ($Undo) {
        if ($script:doneSteps.ContainsKey($id)) { Write-Skip $id "объединение отменить нельзя; прежний вид карточек: $beforeFolder" }
        return
    }
    if ($script:doneSteps.ContainsKey($id)) { return }
    $started = $script:startedSteps.ContainsKey($id)
    $found = Find-Card $Step $keep
    if ($null -eq $found) { Write-Fail $id "карточка $keep не читается: $($script:fault)"; return }
    $list = $found.list
    if ($list -eq '') { Write-Skip $id "карточки $keep нет"; return }
    $left = @()
    $inns = @()
    foreach ($one in @($keep) + $drop) {
        $card = Read-Card $list $one
        if ($null -eq $card) {
            if (-not $script:missing) { Write-Fail $id "карточка $one не читается: $($script:fault)"; return }
            if (-not $started -or $one -ceq $keep) { Write-Skip $id "карточки $one нет"; return }
            continue
        }
        Save-Before "$list-$one" $card
        $expected = Get-Field (Get-Field $Step 'cards') $one
        $inn = Get-Inns $card
        $why = Get-Change $card $expected ($started -and $one -ceq $keep) $inn
        if ($why -ne '') { Write-Skip $id "карточка ${one}: $why"; return }
        $accepted = Get-Accepted $expected
        foreach ($number in $inn) {
            if ($accepted -ccontains $number) { $number = $accepted[$accepted.Count - 1] }
            if ($inns -cnotcontains $number) { $inns += $number }
        }
        if ($one -cne $keep) { $left += $one }
    }
    if ($left.Count -eq 0) { Write-Done $id 'готово' 'объединено до прерывания'; return }
    if ($inns.Count -gt 1) { Write-Skip $id 'разные ИНН'; return }
    if (-not $Apply) { Write-Done $id 'будет объединено' "останется $keep, вольются $($left -join ', ')"; return }
    Write-Note $id 'начато' "$keep $($left -join ', ')"
    $customers = @()
    foreach ($one in $left) { $customers += '{"id":' + $one + '}' }
    $form = 'customers=' + [Uri]::EscapeDataString('[' + ($customers -join ',') + ']') + '&resultCustomer=' + [Uri]::EscapeDataString('{"id":' + $keep + '}')
    $verdict = Invoke-System $false 'POST' ($base + "/api/v5/$list/combine") $form 'application/x-www-form-urlencoded' @{ 'X-API-KEY' = $key }
    $lost = $verdict.fault
    if (Test-Gone $list $left) {
        if ($verdict.word -eq 'ok') { Write-Done $id 'готово' "осталась $keep" }
        else { Write-Done $id 'готово' 'ответ был потерян, карточки объединены' }
    } elseif ($verdict.word -eq 'ok') {
        Write-Fail $id 'система ответила успехом, а карточки остались; запустите сценарий ещё раз'
    } else {
        Write-Fail $id "$lost; запустите сценарий ещё раз"
    }
}

Invoke-Plans
