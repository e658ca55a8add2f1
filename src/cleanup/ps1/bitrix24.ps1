# Сценарий очистки Битрикс24 для Windows, создан программой sverka. Делает то же, что bitrix24.sh.
#
# Запуск (Windows PowerShell 5.1 или PowerShell 7.5 и новее)
#   $env:BITRIX24_WEBHOOK = 'https://ПОРТАЛ.bitrix24.ru/rest/ПОЛЬЗОВАТЕЛЬ/КОД'   (права: crm)
#   powershell -ExecutionPolicy Bypass -File .\bitrix24.ps1              пробный запуск: ничего не меняет
#   powershell -ExecutionPolicy Bypass -File .\bitrix24.ps1 -Apply       выполняет
#   ... -Undo                     показывает, что можно вернуть;  -Undo -Apply возвращает
#   ... -MainWins ПОЛЕ,ПОЛЕ       в этих полях верно значение основной карточки
#   ... -Plan ФАЙЛ, -Journal ПАПКА
#
# Что делает, что проверяет и чего нельзя вернуть, сказано в начале bitrix24.sh. Журнал у обоих сценариев общий: начатое
# одним можно продолжить другим. Адрес вебхука - секрет: он берётся только из переменной окружения и никуда не пишется.
[CmdletBinding()]
param(
    [switch]$Apply,
    [switch]$Undo,
    [string[]]$MainWins = @(),
    [string]$Plan = '',
    [string]$Journal = ''
)
$dialect = 'bitrix24'
# {общее}

$wins = @()
foreach ($text in $MainWins) { $wins += @($text.Split(',')) }
foreach ($field in $wins) { if ($field -cnotmatch '^[A-Z0-9_]+$') { Stop-Script '-MainWins: нужны коды полей через запятую' } }

$webhook = (Get-Required 'BITRIX24_WEBHOOK').TrimEnd('/')
if ($webhook -notmatch '^https?://[^\s"\\@/]+(/[^\s"\\@/]+)*/rest/[0-9]+/[A-Za-z0-9]+$') {
    Stop-Script 'BITRIX24_WEBHOOK не похож на адрес вебхука: https://ПОРТАЛ/rest/ПОЛЬЗОВАТЕЛЬ/КОД'
}
$portal = $webhook.Substring(0, $webhook.IndexOf('/rest/'))
$secrets = @($webhook, $webhook.Substring($webhook.LastIndexOf('/') + 1))
# Облако допускает 2 запроса в секунду.
$pause = Get-Pause 'BITRIX24_PAUSE' 500

function Get-Code($Fault) {
    $code = Get-Text (Get-Field $Fault 'error')
    if ($code -eq '' -or $code -eq '0') { return 'ошибка без кода' }
    return [Text.RegularExpressions.Regex]::Replace($code, '[^A-Za-z0-9_]', '')
}

# Что значит ответ: пустая строка - успех. Отказы QUERY_LIMIT_EXCEEDED и OPERATION_TIME_LIMIT портал даёт, ничего не
# сделав; внутри batch они приходят по каждой команде.
function Get-Fault($Answer) {
    if ($Answer -isnot [Management.Automation.PSCustomObject]) { return "ответ не JSON, код $($script:status)" }
    if ((Get-Names $Answer) -contains 'error') { return Get-Code $Answer }
    if (-not ((Get-Names $Answer) -contains 'result')) { return 'в ответе нет result' }
    $faults = Get-Field (Get-Field $Answer 'result') 'result_error'
    foreach ($name in (Get-Names $faults)) {
        $code = Get-Code (Get-Field $faults $name)
        if ($code -match 'QUERY_LIMIT_EXCEEDED|OPERATION_TIME_LIMIT') { return $code }
    }
    if ($script:status -ne 200) { return "ответ с кодом $($script:status)" }
    return ''
}

function Get-Verdict([string]$Text) {
    try { $answer = Read-Json $Text } catch { $answer = $null }
    $fault = Get-Fault $answer
    if ($fault -eq '') { return New-Verdict 'ok' '' $answer }
    $verdict = New-Verdict 'failed' $fault $answer
    if ($fault -match 'QUERY_LIMIT_EXCEEDED|OPERATION_TIME_LIMIT') { $verdict.word = 'refused' } elseif ($script:status -ge 500) { $verdict.word = 'unclear' }
    if ($fault -match 'OPERATION_TIME_LIMIT') { $verdict.wait = 60 }
    return $verdict
}

# Разобранный ответ или $null; код ошибки в $script:fault.
function Invoke-Portal([string]$Method, [string]$Body, [bool]$Reading) {
    $verdict = Invoke-System $Reading 'POST' ($webhook + '/' + $Method) $Body 'application/json' @{}
    if ($verdict.word -eq 'ok') { return $verdict.answer }
    return $null
}

function Get-EntityName([int]$Type) { if ($Type -eq 4) { return 'company' } else { return 'contact' } }

# Карточки и их реквизиты одним пакетом: объекты id, gone, fault, record, requisites по порядку номеров; $null, если
# пакет не читается.
function Read-Cards([int]$Type, [string[]]$Ids) {
    $name = Get-EntityName $Type
    $commands = @()
    for ($at = 0; $at -lt $Ids.Count; $at++) {
        $commands += '"c' + $at + '":"crm.' + $name + '.get?id=' + $Ids[$at] + '"'
        $commands += '"r' + $at + '":"crm.requisite.list?filter[ENTITY_TYPE_ID]=' + $Type + '&filter[ENTITY_ID]=' + $Ids[$at] + '&select[]=*"'
    }
    $answer = Invoke-Portal 'batch' ('{"halt":0,"cmd":{' + ($commands -join ',') + '}}') $true
    if ($null -eq $answer) { return $null }
    $batch = Get-Field $answer 'result'
    $results = Get-Field $batch 'result'
    $faults = Get-Field $batch 'result_error'
    $cards = @()
    for ($at = 0; $at -lt $Ids.Count; $at++) {
        $fault = Get-Field $faults "c$at"
        $record = Get-Field $results "c$at"
        $requisites = Get-Field $results "r$at"
        $gone = $false
        $why = ''
        if ($null -ne $fault) {
            $said = (Get-Text (Get-Field $fault 'error_description')) + ' ' + (Get-Text (Get-Field $fault 'error'))
            if ($said -match 'not[ _]found') { $gone = $true } else { $why = Get-Code $fault }
        } elseif ($record -isnot [Management.Automation.PSCustomObject]) { $gone = $true }
        if (-not $gone -and $why -eq '') {
            if ($null -ne (Get-Field $faults "r$at") -or $requisites -isnot [Array]) { $why = 'реквизиты не читаются' }
            elseif ($null -ne (Get-Field (Get-Field $batch 'result_next') "r$at")) { $why = 'реквизитов больше 50' }
        }
        $cards += [PSCustomObject]@{ id = $Ids[$at]; gone = $gone; fault = $why; record = $record; requisites = @($requisites) }
    }
    return , $cards
}
function Get-Picture($Card) { return [PSCustomObject]@{ record = $Card.record; requisites = @($Card.requisites) } }

function Get-Numbers($Card, [string]$Name) {
    $found = @()
    foreach ($requisite in $Card.requisites) {
        $number = Get-Significant (Get-Field $requisite $Name)
        if ($number -ne '' -and $found -cnotcontains $number) { $found += $number }
    }
    return , $found
}

# Знаки ИНН, с которыми карточка - та самая: из выгрузки и, последний, после исправления.
function Get-Accepted($Expected) {
    $accepted = @()
    foreach ($text in (Get-List $Expected 'inn')) { $accepted += (Get-Significant $text) }
    return , $accepted
}

# Поля, которые портал при объединении не сравнивает.
$notCompared = '^(ID|COMMENTS|BIRTHDAY_SORT|BANKING_DETAILS|SOURCE_ID|SOURCE_DESCRIPTION|OPENED|EXPORT|COMPANY_ID|CONTACT_ID|LEAD_ID|LOGO|PHOTO|FACE_ID|IS_MY_COMPANY|ADDRESS_LOC_ADDR_ID|ORIGIN_VERSION|CREATED_BY_ID|MODIFY_BY_ID|DATE_CREATE|DATE_MODIFY|HAS_[A-Z]+|LAST_(?!NAME$).*|UTM_.*|WEBFORM_ID|OBSERVERS?)$'

function Get-Update([int]$Type, [object[]]$Writes) {
    $commands = @()
    for ($at = 0; $at -lt $Writes.Count; $at++) {
        $query = 'crm.' + (Get-EntityName $Type) + '.update?id=' + $Writes[$at].id + '&params[REGISTER_SONET_EVENT]=N'
        foreach ($field in @($Writes[$at].fields.Keys)) {
            $query += '&fields[' + $field + ']=' + [Uri]::EscapeDataString((Get-Text $Writes[$at].fields[$field]))
        }
        $commands += '"w' + $at + '":"' + $query + '"'
    }
    return '{"halt":1,"cmd":{' + ($commands -join ',') + '}}'
}

function New-Look([string]$What, [string]$Detail) { return @{ what = $What; detail = $Detail; left = @(); writes = @() } }

# Почему карточка не та, что была в выгрузке; пустая строка, если та.
function Get-Change($Step, $Card, [bool]$IsMain, [bool]$Started, $Expected, $Inn, $Kpp) {
    if ((Get-Text (Get-Field $Card.record 'IS_MY_COMPANY')) -ceq 'Y') { return 'своя компания портала' }
    if ($null -eq $Expected) { return 'записи нет в плане' }
    if ($Started -and $IsMain) { return '' }
    $accepted = Get-Accepted $Expected
    if ($null -ne (Get-Field $Expected 'inn')) {
        $last = $accepted[$accepted.Count - 1]
        if (($last -eq '' -and $Inn.Count -gt 0) -or ($last -ne '' -and $Inn -cnotcontains $last)) { return 'ИНН изменился после выгрузки' }
    }
    if ($null -ne (Get-Field $Expected 'kpp')) {
        $number = Get-Significant (Get-Field $Expected 'kpp')
        if (($number -eq '' -and $Kpp.Count -gt 0) -or ($number -ne '' -and $Kpp -cnotcontains $number)) { return 'КПП изменился после выгрузки' }
    }
    $texts = Get-Field $Expected 'texts'
    foreach ($field in (Get-Names $texts)) {
        $live = Get-Fold (Get-Field $Card.record $field)
        $settled = Get-Field (Get-Field $Step 'settle') $field
        $known = $null -ne $settled -and $live -ceq (Get-Fold $settled)
        foreach ($text in (Get-List $texts $field)) { if ($live -ceq (Get-Fold $text)) { $known = $true } }
        if (-not $known) { return "поле $field изменилось после выгрузки" }
    }
    return ''
}

# Что делать с группой: merge, settle, done, skip, conflict или fail.
function Get-Look($Step, [int]$Type, [string[]]$Ids, [bool]$Started) {
    $all = Read-Cards $Type $Ids
    if ($null -eq $all) { return New-Look 'fail' "карточки не читаются: $($script:fault)" }
    foreach ($card in $all) { if ($card.fault -ne '') { return New-Look 'fail' "запись $($card.id) не читается: $($card.fault)" } }
    $here = @($all | Where-Object { -not $_.gone })
    foreach ($card in $here) { Save-Before ((Get-EntityName $Type) + '-' + $card.id) (Get-Picture $card) }
    if ($all[0].gone) { return New-Look 'skip' "записи $($all[0].id) нет" }
    if ($here.Count -lt $all.Count -and -not $Started) { return New-Look 'skip' "записи $(@($all | Where-Object { $_.gone })[0].id) нет" }
    if ($here.Count -eq 1) { return New-Look 'done' 'объединено до прерывания' }
    $main = $all[0]
    $inns = @()
    $kpps = @()
    $kppKnown = $true
    foreach ($card in $here) {
        $expected = Get-Field (Get-Field $Step 'cards') $card.id
        $accepted = Get-Accepted $expected
        $inn = @()
        foreach ($number in (Get-Numbers $card 'RQ_INN')) {
            if ($accepted -ccontains $number) { $number = $accepted[$accepted.Count - 1] }
            if ($inn -cnotcontains $number) { $inn += $number }
        }
        $kpp = Get-Numbers $card 'RQ_KPP'
        $why = Get-Change $Step $card ($card.id -ceq $main.id) $Started $expected $inn $kpp
        if ($why -ne '') { return New-Look 'skip' "запись $($card.id): $why" }
        foreach ($number in $inn) { if ($inns -cnotcontains $number) { $inns += $number } }
        foreach ($number in $kpp) { if ($kpps -cnotcontains $number) { $kpps += $number } }
        if ($null -eq (Get-Field $expected 'kpp')) { $kppKnown = $false }
    }
    if ($inns.Count -gt 1) { return New-Look 'skip' 'разные ИНН' }
    if (-not $kppKnown -and $kpps.Count -gt 1) { return New-Look 'skip' 'разные КПП, а в выгрузке КПП не было' }

    # Значение, к которому приводится поле: из плана, а для null - основной карточки.
    $target = @{}
    $settle = Get-Field $Step 'settle'
    foreach ($field in @(Get-Names $settle) + $wins) {
        $value = $null
        if ($wins -cnotcontains $field) { $value = Get-Field $settle $field }
        if ($null -eq $value) { $value = Get-Field $main.record $field }
        if (Test-Filled $value) { $target[$field] = $value }
    }
    $names = @()
    foreach ($card in $here) { foreach ($name in (Get-Names $card.record)) { if ($names -cnotcontains $name) { $names += $name } } }
    $conflict = @()
    foreach ($name in $names) {
        if ($name -cmatch $notCompared -or $target.ContainsKey($name)) { continue }
        $values = @()
        foreach ($card in $here) {
            $value = Get-Field $card.record $name
            if (-not (Test-Filled $value)) { continue }
            $text = Get-Fold $value
            if ($name -ceq 'BIRTHDATE' -and $text.Length -gt 10) { $text = $text.Substring(0, 10) }
            if ($values -cnotcontains $text) { $values += $text }
        }
        if ($values.Count -gt 1) { $conflict += $name }
    }
    if ($conflict.Count -gt 0) { return New-Look 'conflict' ('поля ' + ($conflict -join ', ')) }
    $writes = @()
    foreach ($card in $here) {
        $fields = @{}
        foreach ($field in @($target.Keys)) {
            $live = Get-Field $card.record $field
            if ((Test-Filled $live) -and (Get-Fold $live) -cne (Get-Fold $target[$field])) { $fields[$field] = $target[$field] }
        }
        if ($fields.Count -gt 0) { $writes += @{ id = $card.id; fields = $fields } }
    }
    $look = New-Look 'merge' ''
    $look.left = @($here | ForEach-Object { $_.id })
    if ($writes.Count -gt 0) {
        $look.what = 'settle'
        $look.writes = $writes
        $look.detail = @($writes | ForEach-Object { $_.id }) -join ', '
    }
    return $look
}

function Invoke-Merge($Step, [string]$Id, [int]$Type, [string[]]$Ids) {
    if ($script:doneSteps.ContainsKey($Id)) { return }
    $started = $script:startedSteps.ContainsKey($Id)
    $link = $portal + '/crm/' + (Get-EntityName $Type) + '/merge/?id=' + ($Ids -join ',')
    $lost = ''
    for ($tries = 0; $true; $tries++) {
        $look = Get-Look $Step $Type $Ids $started
        if ($look.what -ne 'settle' -or -not $Apply) { break }
        # Выравнивание можно повторять: пишется одно и то же. Удалось ли оно, покажет новый просмотр.
        if ($tries -ge 3) { $look = New-Look 'fail' "поля карточек $($look.detail) не записываются: $lost"; break }
        Write-Note $Id 'выравнивание' $look.detail
        $lost = 'портал принял их, но не изменил'
        if ($null -eq (Invoke-Portal 'batch' (Get-Update $Type $look.writes) $false)) { $lost = $script:fault }
    }
    switch ($look.what) {
        'skip' { Write-Skip $Id $look.detail; return }
        'done' { Write-Done $Id 'готово' $look.detail; return }
        'conflict' { Write-Conflict $Id ($look.detail + '; объедините вручную: ' + $link); return }
        'fail' { Write-Fail $Id $look.detail; return }
    }
    $keep = $look.left[0]
    $rest = @($look.left | Select-Object -Skip 1) -join ','
    if (-not $Apply) {
        $fields = ''
        if ($look.detail) { $fields = "; сначала поля карточек $($look.detail)" }
        Write-Done $Id 'будет объединено' "останется $keep, вольются $rest$fields"
        return
    }
    Write-Note $Id 'начато' ($look.left -join ',')
    $body = '{"params":{"entityTypeId":' + $Type + ',"entityIds":[' + ($look.left -join ',') + ']}}'
    $answer = Invoke-Portal 'crm.entity.mergeBatch' $body $false
    if ($null -eq $answer) {
        # Ответ мог потеряться после того, как портал выполнил запрос.
        $lost = $script:fault
        $look = Get-Look $Step $Type $Ids $true
        if ($look.what -eq 'done') { Write-Done $Id 'готово' 'ответ был потерян, карточки объединены' }
        else { Write-Fail $Id "$lost; запустите сценарий ещё раз" }
        return
    }
    switch (Get-Text (Get-Field (Get-Field $answer 'result') 'STATUS')) {
        'SUCCESS' {
            $look = Get-Look $Step $Type $Ids $true
            if ($look.what -eq 'done') { Write-Done $Id 'готово' "осталась $keep" }
            else { Write-Fail $Id 'портал ответил SUCCESS, а карточки остались; запустите сценарий ещё раз' }
        }
        'CONFLICT' { Write-Conflict $Id "объедините вручную: $link" }
        default { Write-Fail $Id 'неожиданный ответ портала' }
    }
}

# Номер реквизита с этим ИНН; пустая строка, если он не один.
function Find-Requisite($Card, [string]$Text, [string]$Only) {
    $found = @()
    foreach ($requisite in $Card.requisites) {
        $number = Get-Text (Get-Field $requisite 'ID')
        if ((Get-Text (Get-Field $requisite 'RQ_INN')).Trim() -ceq $Text.Trim() -and $number -match '^[0-9]+$' -and ($Only -eq '' -or $Only -ceq $number)) {
            $found += $number
        }
    }
    if ($found.Count -eq 1) { return $found[0] }
    return ''
}

# Что делать с ИНН: write, same, skip или fail; номер реквизита в left.
function Get-FixLook([int]$Type, [string]$Record, [string]$Was, [string]$Becomes, [string]$Only) {
    $all = Read-Cards $Type @($Record)
    if ($null -eq $all) { return New-Look 'fail' "запись $Record не читается: $($script:fault)" }
    $card = $all[0]
    if ($card.fault -ne '') { return New-Look 'fail' "запись $Record не читается: $($card.fault)" }
    if ($card.gone) { return New-Look 'skip' "записи $Record нет" }
    if ((Get-Text (Get-Field $card.record 'IS_MY_COMPANY')) -ceq 'Y') { return New-Look 'skip' 'своя компания портала' }
    $old = Find-Requisite $card $Was $Only
    if ($old -ne '') {
        Save-Before ((Get-EntityName $Type) + '-' + $Record) (Get-Picture $card)
        $look = New-Look 'write' "ИНН записи $Record"
        $look.left = @($old)
        return $look
    }
    if ((Find-Requisite $card $Becomes $Only) -ne '') { return New-Look 'same' "ИНН записи $Record уже исправлен" }
    return New-Look 'skip' "у записи $Record нет единственного реквизита с прежним ИНН"
}

function Invoke-Fix([string]$Id, [int]$Type, [string]$Record, [string]$Was, [string]$Becomes, [string]$Only, [string]$State, [string]$Trial) {
    $look = Get-FixLook $Type $Record $Was $Becomes $Only
    switch ($look.what) {
        'skip' { Write-Skip $Id $look.detail; return }
        'fail' { Write-Fail $Id $look.detail; return }
        'same' { if ($Apply) { Write-Done $Id $State $look.detail } else { Write-Skip $Id $look.detail }; return }
    }
    if (-not $Apply) { Write-Done $Id $Trial $look.detail; return }
    $body = ConvertTo-Json -InputObject ([PSCustomObject]@{ id = $look.left[0]; fields = [PSCustomObject]@{ RQ_INN = $Becomes } }) -Depth 5 -Compress
    if ($null -ne (Invoke-Portal 'crm.requisite.update' $body $false)) { Write-Done $Id $State "ИНН записи $Record"; return }
    $lost = $script:fault
    $look = Get-FixLook $Type $Record $Was $Becomes $Only
    if ($look.what -eq 'same') { Write-Done $Id $State "ответ был потерян, ИНН записи $Record записан" }
    else { Write-Fail $Id "$lost; запустите сценарий ещё раз" }
}

function Undo-Fix($Step, [string]$Id, [int]$Type, [string]$Record) {
    if (-not $script:doneSteps.ContainsKey($Id)) { return }
    $was = Get-Text (Get-Field $Step 'expected')
    $picture = Read-Before ((Get-EntityName $Type) + '-' + $Record)
    if ($null -eq $picture) { Write-Skip $Id "прежний вид записи $Record не сохранён"; return }
    $card = [PSCustomObject]@{ requisites = (Get-List $picture 'requisites') }
    # После объединения у карточки бывает и чужой реквизит с тем же ИНН: нужен тот, что был исправлен.
    $only = Find-Requisite $card $was ''
    if ($only -eq '') { Write-Skip $Id "у записи $Record нет единственного реквизита с прежним ИНН"; return }
    Invoke-Fix $Id $Type $Record (Get-Text (Get-Field $Step 'value')) $was $only 'отменено' 'будет отменено'
}

# Поля, которые сценарий выравнивал, в карточках, которые ещё есть.
function Get-UndoLook($Step, [int]$Type, [string[]]$Ids) {
    $all = Read-Cards $Type $Ids
    if ($null -eq $all) { return New-Look 'fail' "карточки не читаются: $($script:fault)" }
    foreach ($card in $all) { if ($card.fault -ne '') { return New-Look 'fail' "запись $($card.id) не читается: $($card.fault)" } }
    $name = Get-EntityName $Type
    $mainPicture = Read-Before ($name + '-' + $Ids[0])
    $settle = Get-Field $Step 'settle'
    $writes = @()
    foreach ($card in $all) {
        $picture = Read-Before ($name + '-' + $card.id)
        if ($card.gone -or $null -eq $picture) { continue }
        $fields = @{}
        foreach ($field in @(Get-Names $settle) + $wins) {
            $old = Get-Field (Get-Field $picture 'record') $field
            $live = Get-Fold (Get-Field $card.record $field)
            $wrote = Get-Field $settle $field
            if ($null -eq $wrote) { $wrote = Get-Field (Get-Field $mainPicture 'record') $field }
            # Изменённое после сценария не трогается: там должно стоять то, что он записал.
            if ((Test-Filled $old) -and (Get-Fold $old) -cne $live -and (Get-Fold $wrote) -ceq $live) { $fields[$field] = $old }
        }
        if ($fields.Count -gt 0) { $writes += @{ id = $card.id; fields = $fields } }
    }
    $look = New-Look 'same' ''
    $look.left = @($all | Where-Object { $_.gone } | ForEach-Object { $_.id })
    if ($writes.Count -gt 0) {
        $look.what = 'write'
        $look.writes = $writes
        $look.detail = @($writes | ForEach-Object { $_.id }) -join ', '
    }
    return $look
}

function Undo-Merge($Step, [string]$Id, [int]$Type, [string[]]$Ids) {
    if ($null -eq (Read-Before ((Get-EntityName $Type) + '-' + $Ids[0]))) { return }
    for ($tries = 0; $true; $tries++) {
        $look = Get-UndoLook $Step $Type $Ids
        if ($look.what -ne 'write' -or -not $Apply -or $tries -ge 3) { break }
        [void](Invoke-Portal 'batch' (Get-Update $Type $look.writes) $false)
    }
    if ($look.left.Count -gt 0) {
        Write-Host "${Id}: объединение не отменяется, карточек $($look.left -join ', ') больше нет; их прежний вид: $beforeFolder"
    }
    switch ($look.what) {
        'same' { if ($tries -gt 0) { Write-Done ($Id + '-поля') 'отменено' ($Ids -join ',') } }
        'write' {
            if (-not $Apply) { Write-Done ($Id + '-поля') 'будет отменено' "поля карточек $($look.detail)" }
            else { Write-Fail $Id "поля карточек $($look.detail) не записываются: $($script:fault)" }
        }
        default { Write-Fail $Id $look.detail }
    }
}

# Запись, её поле и названия кодов (у простого поля их нет); $null, если прочитать нельзя ($script:gone: если её нет).
$script:described = ''
$script:codes = $null
function Read-Item([int]$Type, [string]$Record, [string]$Field) {
    $script:gone = $false
    $answer = Invoke-Portal 'crm.item.get' ('{"entityTypeId":' + $Type + ',"id":' + $Record + ',"useOriginalUfNames":"Y"}') $true
    if ($null -eq $answer) {
        $script:gone = $script:fault -match 'not[ _]found'
        return $null
    }
    $item = Get-Field (Get-Field $answer 'result') 'item'
    if ($item -isnot [Management.Automation.PSCustomObject]) { $script:fault = 'ответ портала не разобрать'; return $null }
    # Коды различаются и регистром.
    $names = New-Object Collections.Hashtable ([StringComparer]::Ordinal)
    if ($Field -ceq 'stageId') {
        $category = Get-Text (Get-Field $item 'categoryId')
        if ($category -notmatch '^[0-9]+\z') { $category = '0' }
        $list = "DYNAMIC_${Type}_STAGE_$category"
        if ($Type -eq 2) {
            $list = 'DEAL_STAGE'
            if ($category -ne '0') { $list += "_$category" }
        }
        $answer = Invoke-Portal 'crm.status.list' ('{"filter":{"ENTITY_ID":"' + $list + '"}}') $true
        if ($null -eq $answer) { return $null }
        foreach ($one in (Get-List $answer 'result')) { $names[(Get-Text (Get-Field $one 'STATUS_ID'))] = Get-Text (Get-Field $one 'NAME') }
    } elseif ($Field -cmatch '^UF_CRM_' -and $script:described -ceq "$Type $Field") {
        # Что за поле, одно и то же у всех записей.
        $names = $script:codes
    } elseif ($Field -cmatch '^UF_CRM_') {
        $answer = Invoke-Portal 'crm.item.fields' ('{"entityTypeId":' + $Type + ',"useOriginalUfNames":"Y"}') $true
        if ($null -eq $answer) { return $null }
        $about = Get-Field (Get-Field (Get-Field $answer 'result') 'fields') $Field
        foreach ($one in (Get-List $about 'items')) { $names[(Get-Text (Get-Field $one 'ID'))] = Get-Text (Get-Field $one 'VALUE') }
        $script:described = "$Type $Field"
        $script:codes = $names
    }
    return @{ item = $item; now = (Get-Single $item $Field); names = $names }
}
# Значение поля; пустая строка, если значений несколько.
function Get-Single($Item, [string]$Field) {
    $values = Get-List $Item $Field
    if ($values.Count -eq 1) { return (Get-Text $values[0]).Trim() }
    return ''
}

# Что делать с полем: write, same, skip или fail; код нового статуса или новый текст в left.
function Get-FieldLook([int]$Type, [string]$Record, [string]$Field, [string]$Was, [string]$Becomes) {
    $live = Read-Item $Type $Record $Field
    if ($null -eq $live) {
        if ($script:gone) { return New-Look 'skip' "записи $Record нет" }
        return New-Look 'fail' "запись $Record не читается: $($script:fault)"
    }
    if ((Get-Text (Get-Field $live.item 'isMyCompany')) -ceq 'Y') { return New-Look 'skip' 'своя компания портала' }
    if (Test-Stands $live.now $live.names $Becomes) { return New-Look 'same' "поле $Field записи $Record уже исправлено" }
    if (-not (Test-Stands $live.now $live.names $Was)) { return New-Look 'skip' "поле $Field записи $Record изменилось после выгрузки" }
    $code = Get-StatusCode $live.names $Becomes
    if ($null -eq $code) { return New-Look 'skip' 'в портале нет единственного статуса с таким названием' }
    # У каждого поля свой прежний вид: одно мог исправить этот сценарий раньше.
    Save-Before "item-$Type-$Record-$Field" $live.item
    $look = New-Look 'write' "поле $Field записи $Record"
    $look.left = @($code)
    return $look
}

function Invoke-Field($Step, [string]$Id, [int]$Type, [string]$Record) {
    $name = Get-Text (Get-Field $Step 'field')
    if ($name -cnotmatch '^(stageId|title|lastName|name|secondName|originId|UF_CRM_[A-Z0-9_]+)\z') { Stop-Script 'План не читается: шаг без номеров' }
    $was = Get-Text (Get-Field $Step 'expected')
    $becomes = Get-Text (Get-Field $Step 'value')
    $done = $script:doneSteps.ContainsKey($Id)
    $started = $script:startedSteps.ContainsKey($Id)
    $state = 'готово'
    $trial = 'будет исправлено'
    if ($Undo) {
        if (-not $done -and -not $started) { return }
        $picture = Read-Before "item-$Type-$Record-$name"
        if ($null -eq $picture) { Write-Skip $Id "прежний вид записи $Record не сохранён"; return }
        $was = $becomes
        $becomes = Get-Single $picture $name
        $state = 'отменено'
        $trial = 'будет отменено'
    } elseif ($done) { return }
    $look = Get-FieldLook $Type $Record $name $was $becomes
    switch ($look.what) {
        'skip' { Write-Skip $Id $look.detail; return }
        'fail' { Write-Fail $Id $look.detail; return }
        'same' {
            # Что исправил человек, отмена не тронет.
            if ($Undo) { Write-Note $Id 'отменено' 'прежнее значение уже стоит' }
            elseif ($started) { Write-Done $Id $state $look.detail }
            else { Write-Skip $Id $look.detail }
            return
        }
    }
    if (-not $Apply) { Write-Done $Id $trial $look.detail; return }
    if (-not $Undo) { Write-Note $Id 'начато' $look.detail }
    $set = @{}
    $set[$name] = $look.left[0]
    $body = ConvertTo-Json -Depth 5 -Compress -InputObject @{ entityTypeId = $Type; id = [long]$Record; useOriginalUfNames = 'Y'; fields = $set }
    $lost = 'система приняла поле, но не изменила'
    if ($null -eq (Invoke-Portal 'crm.item.update' $body $false)) { $lost = $script:fault }
    # Удалось ли, показывает новый просмотр, что бы ни ответил портал.
    $look = Get-FieldLook $Type $Record $name $was $becomes
    if ($look.what -eq 'same') { Write-Done $Id $state "поле $name записи $Record" }
    else { Write-Fail $Id "$lost; запустите сценарий ещё раз" }
}

function Invoke-Step($Step) {
    $id = Get-StepName $Step
    $merge = (Get-Names $Step) -contains 'keep'
    if ($merge) {
        $ids = @(Get-Text (Get-Field $Step 'keep'))
        foreach ($one in (Get-List $Step 'drop')) { $ids += (Get-Text $one) }
    } else {
        $ids = @(Get-Text (Get-Field $Step 'id'))
    }
    Test-Numbers $ids
    $type = [int](Get-Text (Get-Field $Step 'entityTypeId'))
    if ((Get-Names $Step) -contains 'field') {
        Invoke-Field $Step $id $type $ids[0]
    } elseif ($merge) {
        if ($Undo) { Undo-Merge $Step $id $type $ids } else { Invoke-Merge $Step $id $type $ids }
    } elseif ($Undo) {
        Undo-Fix $Step $id $type $ids[0]
    } elseif (-not $script:doneSteps.ContainsKey($id)) {
        Invoke-Fix $id $type $ids[0] (Get-Text (Get-Field $Step 'expected')) (Get-Text (Get-Field $Step 'value')) '' 'готово' 'будет исправлено'
    }
}

Invoke-Plans
