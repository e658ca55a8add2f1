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
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function Stop-Script([string]$Text) {
    Write-Host $Text
    exit 2
}

$version = $PSVersionTable.PSVersion
if ($version -lt [version]'5.1' -or ($version.Major -ge 6 -and $version -lt [version]'7.5')) {
    Stop-Script 'Нужен Windows PowerShell 5.1 или PowerShell 7.5 и новее: другие версии меняют вид дат'
}
$here = $PSScriptRoot
if (-not $Journal) { $Journal = [IO.Path]::Combine($here, 'bitrix24-journal') }
if ($Plan) { $plans = @($Plan) } else { $plans = @([IO.Directory]::GetFiles($here, 'bitrix24-plan*.json')) }
if ($plans.Count -eq 0) { Stop-Script "Нет файла плана: $here\bitrix24-plan.json" }
[Array]::Sort($plans)
$wins = @()
foreach ($text in $MainWins) { $wins += @($text.Split(',')) }
foreach ($field in $wins) { if ($field -cnotmatch '^[A-Z0-9_]+$') { Stop-Script '-MainWins: нужны коды полей через запятую' } }

$webhook = [string]$env:BITRIX24_WEBHOOK
if (-not $webhook) { Stop-Script 'Задайте BITRIX24_WEBHOOK' }
$webhook = $webhook.TrimEnd('/')
if ($webhook -notmatch '^https?://[^\s"\\@/]+(/[^\s"\\@/]+)*/rest/[0-9]+/[A-Za-z0-9]+$') {
    Stop-Script 'BITRIX24_WEBHOOK не похож на адрес вебхука: https://ПОРТАЛ/rest/ПОЛЬЗОВАТЕЛЬ/КОД'
}
$portal = $webhook.Substring(0, $webhook.IndexOf('/rest/'))
# Windows PowerShell сам предлагает старые протоколы, которых портал не принимает.
if ($version.Major -lt 6) { [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12 }
[Net.ServicePointManager]::Expect100Continue = $false
$pause = 500
if ($env:BITRIX24_PAUSE) { $pause = [int](1000 * [double]::Parse($env:BITRIX24_PAUSE, [Globalization.CultureInfo]::InvariantCulture)) }
$maxTries = 8
$utf8 = New-Object Text.UTF8Encoding $false

$beforeFolder = [IO.Path]::Combine($Journal, 'before')
$log = [IO.Path]::Combine($Journal, 'journal.jsonl')
$script:lock = $null
$script:doneCount = 0
$script:skipped = 0
$script:conflicts = 0
$script:failed = 0
$script:snapshot = ''
$script:fault = ''
$script:status = 0

function Open-Journal {
    [void][IO.Directory]::CreateDirectory($beforeFolder)
    $file = [IO.Path]::Combine($Journal, 'lock')
    try {
        # Пока файл открыт, второй сценарий его не откроет; замок снимается и при обрыве.
        $script:lock = [IO.File]::Open($file, 'OpenOrCreate', 'ReadWrite', 'None')
        $text = $utf8.GetBytes([string]$PID)
        $script:lock.SetLength(0)
        $script:lock.Write($text, 0, $text.Length)
        $script:lock.Flush()
    } catch {
        Stop-Script "Журнал занят другим запуском: $Journal"
    }
    # Строка, оборванная на полуслове, не должна склеиться со следующей.
    if ([IO.File]::Exists($log)) {
        $text = [IO.File]::ReadAllText($log)
        if ($text.Length -gt 0 -and -not $text.EndsWith("`n")) { [IO.File]::AppendAllText($log, "`n", $utf8) }
    }
}

# Текст без управляющих знаков, кавычек и секрета: в журнал идут только номера и коды.
function Get-Clean([string]$Text) {
    $clean = [Text.RegularExpressions.Regex]::Replace($Text, '[\x00-\x1f\x7f"\\]', ' ')
    $clean = $clean.Replace($webhook, '***')
    return $clean.Replace($webhook.Substring($webhook.LastIndexOf('/') + 1), '***')
}

function Write-Note([string]$Step, [string]$State, [string]$Detail) {
    $clean = Get-Clean $Detail
    $tail = ''
    if ($clean) { $tail = " ($clean)" }
    Write-Host ($Step + ': ' + $State + $tail)
    if ($Apply) {
        $time = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
        $line = '{"plan":"' + $script:snapshot + '","step":"' + $Step + '","status":"' + $State + '","detail":"' + $clean + '","time":"' + $time + '"}'
        [IO.File]::AppendAllText($log, $line + "`n", $utf8)
    }
}
function Write-Done([string]$Step, [string]$State, [string]$Detail) { $script:doneCount++; Write-Note $Step $State $Detail }
function Write-Skip([string]$Step, [string]$Detail) { $script:skipped++; Write-Note $Step 'пропущено' $Detail }
function Write-Fail([string]$Step, [string]$Detail) { $script:failed++; Write-Note $Step 'ошибка' $Detail }
function Write-Conflict([string]$Step, [string]$Detail) { $script:conflicts++; Write-Note $Step 'конфликт' $Detail }

function Read-Json([string]$Text) {
    if ($version.Major -ge 6) { return ConvertFrom-Json -InputObject $Text -DateKind String }
    return ConvertFrom-Json -InputObject $Text
}

# Поле объекта или $null, если его нет.
function Get-Field($Object, [string]$Name) {
    if ($null -eq $Object -or $Object -isnot [Management.Automation.PSCustomObject]) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return , $property.Value
}
# Список из поля: пустой, если поля нет.
function Get-List($Object, [string]$Name) {
    $value = Get-Field $Object $Name
    if ($null -eq $value) { return , @() }
    return , @($value)
}
function Get-Names($Object) {
    if ($null -eq $Object -or $Object -isnot [Management.Automation.PSCustomObject]) { return @() }
    return @($Object.PSObject.Properties | ForEach-Object { $_.Name })
}

function Get-Text($Value) {
    if ($null -eq $Value -or $Value -is [bool]) { return '' }
    return [string]::Format([Globalization.CultureInfo]::InvariantCulture, '{0}', $Value)
}
function Get-Fold($Value) { return ([Text.RegularExpressions.Regex]::Replace((Get-Text $Value), '\s+', ' ')).Trim().ToLowerInvariant() }
function Test-Filled($Value) {
    if ($Value -is [Array] -or $Value -is [Management.Automation.PSCustomObject]) { return $false }
    $text = Get-Fold $Value
    return ($text -ne '' -and $text -notmatch '^0*[.]?0+$')
}
# Знаки номера, как их читает sverka: похожие буквы заменены, прочее и ведущие нули убраны.
function Get-Significant($Value) {
    $text = (Get-Text $Value).ToUpperInvariant()
    $text = [Text.RegularExpressions.Regex]::Replace($text, '[ОO]', '0')
    $text = [Text.RegularExpressions.Regex]::Replace($text, '[З]', '3')
    $text = [Text.RegularExpressions.Regex]::Replace($text, '[ІIL]', '1')
    return ([Text.RegularExpressions.Regex]::Replace($text, '[^0-9A-Z]', '')).TrimStart('0')
}

# Состояния шагов этого снимка по журналу.
$script:doneSteps = @{}
$script:startedSteps = @{}
function Read-Journal {
    $script:doneSteps = @{}
    $script:startedSteps = @{}
    if (-not [IO.File]::Exists($log)) { return }
    foreach ($line in [IO.File]::ReadAllLines($log, $utf8)) {
        try { $entry = Read-Json $line } catch { continue }
        if ((Get-Text (Get-Field $entry 'plan')) -cne $script:snapshot) { continue }
        $step = Get-Text (Get-Field $entry 'step')
        switch -CaseSensitive (Get-Text (Get-Field $entry 'status')) {
            'готово' { $script:doneSteps[$step] = $true }
            'начато' { $script:startedSteps[$step] = $true }
            'отменено' { $script:doneSteps.Remove($step); $script:startedSteps.Remove($step) }
        }
    }
}

function Save-Before([string]$Name, $Picture) {
    if (-not $Apply) { return }
    $file = [IO.Path]::Combine($beforeFolder, $Name + '.json')
    if ([IO.File]::Exists($file)) { return }
    [IO.File]::WriteAllText($file + '.part', (ConvertTo-Json -InputObject $Picture -Depth 20 -Compress) + "`n", $utf8)
    [IO.File]::Move($file + '.part', $file)
}
function Read-Before([string]$Name) {
    $file = [IO.Path]::Combine($beforeFolder, $Name + '.json')
    if (-not [IO.File]::Exists($file)) { return $null }
    return Read-Json ([IO.File]::ReadAllText($file, $utf8))
}

# Один запрос: текст ответа или $null, если ответа не было; код в $script:status.
function Send-Request([string]$Method, [string]$Body) {
    [Threading.Thread]::Sleep($pause)
    $script:status = 0
    $request = [Net.WebRequest]::Create($webhook + '/' + $Method)
    $request.Method = 'POST'
    $request.ContentType = 'application/json'
    $request.Timeout = 90000
    $bytes = $utf8.GetBytes($Body)
    try {
        $stream = $request.GetRequestStream()
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Close()
        $response = $request.GetResponse()
    } catch {
        # Ответ с кодом ошибки приходит исключением.
        $inner = $_.Exception
        while ($null -ne $inner -and $inner -isnot [Net.WebException]) { $inner = $inner.InnerException }
        if ($null -eq $inner -or $null -eq $inner.Response) { return $null }
        $response = $inner.Response
    }
    try {
        $script:status = [int]$response.StatusCode
        $reader = New-Object IO.StreamReader($response.GetResponseStream(), $utf8)
        return $reader.ReadToEnd()
    } catch {
        return $null
    } finally {
        $response.Close()
    }
}

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

# Запрос с повторами: разобранный ответ или $null, код ошибки в $script:fault.
function Invoke-Portal([string]$Method, [string]$Body, [bool]$Reading) {
    for ($try = 1; $true; $try++) {
        $text = Send-Request $Method $Body
        $answer = $null
        if ($null -eq $text) {
            $script:fault = 'нет ответа'
            $again = $Reading
        } else {
            try { $answer = Read-Json $text } catch { $answer = $null }
            $script:fault = Get-Fault $answer
            if ($script:fault -eq '') { return $answer }
            $again = ($script:fault -match 'QUERY_LIMIT_EXCEEDED|OPERATION_TIME_LIMIT') -or ($Reading -and $script:status -ge 500)
        }
        if (-not $again -or $try -ge $maxTries) { return $null }
        $wait = $pause * $try * 2
        if ($script:fault -match 'OPERATION_TIME_LIMIT') { $wait = [Math]::Max($wait, $pause * 120) }
        [Threading.Thread]::Sleep($wait)
    }
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
        $known = $live -ceq (Get-Fold (Get-Field $texts $field)) -or ($null -ne $settled -and $live -ceq (Get-Fold $settled))
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

function Invoke-Step($Step) {
    $id = [Text.RegularExpressions.Regex]::Replace((Get-Text (Get-Field $Step 'step')), '[^0-9A-Za-z-]', '')
    $merge = (Get-Names $Step) -contains 'keep'
    if ($merge) {
        $ids = @(Get-Text (Get-Field $Step 'keep'))
        foreach ($one in (Get-List $Step 'drop')) { $ids += (Get-Text $one) }
    } else {
        $ids = @(Get-Text (Get-Field $Step 'id'))
    }
    foreach ($one in $ids) { if ($one -notmatch '^[0-9]+$') { Stop-Script 'План не читается: шаг без номеров' } }
    $type = [int](Get-Text (Get-Field $Step 'entityTypeId'))
    if ($merge) {
        if ($Undo) { Undo-Merge $Step $id $type $ids } else { Invoke-Merge $Step $id $type $ids }
    } elseif ($Undo) {
        Undo-Fix $Step $id $type $ids[0]
    } elseif (-not $script:doneSteps.ContainsKey($id)) {
        Invoke-Fix $id $type $ids[0] (Get-Text (Get-Field $Step 'expected')) (Get-Text (Get-Field $Step 'value')) '' 'готово' 'будет исправлено'
    }
}

if ($Apply) { Open-Journal }
try {
    foreach ($file in $plans) {
        try { $document = Read-Json ([IO.File]::ReadAllText($file, $utf8)) } catch { Stop-Script "План не читается: $file" }
        if ((Get-Field $document 'steps') -isnot [Array]) { Stop-Script "План не читается: $file" }
        $script:snapshot = [Text.RegularExpressions.Regex]::Replace((Get-Text (Get-Field $document 'snapshot')), '[^0-9a-z]', '')
        Read-Journal
        $steps = Get-List $document 'steps'
        if ($Undo) { [Array]::Reverse($steps) }
        foreach ($step in $steps) { Invoke-Step $step }
    }
} finally {
    if ($null -ne $script:lock) {
        $script:lock.Dispose()
        [IO.File]::Delete([IO.Path]::Combine($Journal, 'lock'))
    }
}
$mode = 'выполнение'
if ($Undo) { $mode = 'отмена' }
if (-not $Apply) { $mode = 'пробный запуск, ничего не изменено; для выполнения добавьте -Apply' }
Write-Host "Итог ($mode): готово $($script:doneCount), пропущено $($script:skipped), конфликтов $($script:conflicts), ошибок $($script:failed)"
if ($script:failed -gt 0) { exit 1 }
exit 0
