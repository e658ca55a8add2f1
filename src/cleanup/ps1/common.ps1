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
if (-not $Journal) { $Journal = [IO.Path]::Combine($here, "$dialect-journal") }
# Больше планов, чем один, бывает у больших баз: они выполняются по порядку.
if ($Plan) { $plans = @($Plan) } else { $plans = @([IO.Directory]::GetFiles($here, "$dialect-plan*.json")) }
if ($plans.Count -eq 0) { Stop-Script "Нет файла плана: $here\$dialect-plan.json" }
[Array]::Sort($plans)
# Windows PowerShell сам предлагает старые протоколы, которых облачные системы не принимают.
if ($version.Major -lt 6) { [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12 }
[Net.ServicePointManager]::Expect100Continue = $false
$maxTries = 8
$utf8 = New-Object Text.UTF8Encoding $false

$beforeFolder = [IO.Path]::Combine($Journal, 'before')
$log = [IO.Path]::Combine($Journal, 'journal.jsonl')
$secrets = @()
$script:lock = $null
$script:doneCount = 0
$script:skipped = 0
$script:conflicts = 0
$script:failed = 0
$script:snapshot = ''
$script:fault = ''
$script:missing = $false
$script:status = 0

# Переменная окружения: обязательная, без значения по умолчанию.
function Get-Required([string]$Name) {
    $value = [Environment]::GetEnvironmentVariable($Name)
    if (-not $value) { Stop-Script "Задайте $Name" }
    return $value
}
# Пауза между запросами, миллисекунды.
function Get-Pause([string]$Name, [int]$Default) {
    $value = [Environment]::GetEnvironmentVariable($Name)
    if (-not $value) { return $Default }
    return [int](1000 * [double]::Parse($value, [Globalization.CultureInfo]::InvariantCulture))
}

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

# Текст без управляющих знаков, кавычек и секретов: в журнал идут только номера и коды.
function Get-Clean([string]$Text) {
    $clean = [Text.RegularExpressions.Regex]::Replace($Text, '[\x00-\x1f\x7f"\\]', ' ')
    foreach ($secret in $secrets) { $clean = $clean.Replace($secret, '***') }
    return $clean
}

# Слово журнала: одно и то же на всех языках.
function Get-State([string]$Word) {
    switch -CaseSensitive ($Word) {
        'готово' { return 'done' }
        'начато' { return 'started' }
        'отменено' { return 'undone' }
        'пропущено' { return 'skipped' }
        'ошибка' { return 'failed' }
        'конфликт' { return 'conflict' }
        default { return 'note' }
    }
}

function Write-Note([string]$Step, [string]$State, [string]$Detail) {
    $clean = Get-Clean $Detail
    $tail = ''
    if ($clean) { $tail = " ($clean)" }
    Write-Host ($Step + ': ' + $State + $tail)
    if ($Apply) {
        $time = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
        $line = '{"plan":"' + $script:snapshot + '","step":"' + $Step + '","status":"' + (Get-State $State) + '","detail":"' + $clean + '","time":"' + $time + '"}'
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

# Статус: в выгрузке стоит его код или название. $Names: название по коду; у простого поля их нет.
function Test-Stands([string]$Now, $Names, [string]$Text) {
    if ($Now -ceq $Text.Trim()) { return $true }
    return $Now -ne '' -and $Names.ContainsKey($Now) -and $Names[$Now].Trim() -ceq $Text.Trim()
}
# Код статуса; $null, если его название носят несколько или никто.
function Get-StatusCode($Names, [string]$Text) {
    $text = $Text.Trim()
    if ($Names.Count -eq 0 -or $Names.ContainsKey($text)) { return $text }
    $found = @()
    foreach ($key in @($Names.Keys)) { if ($Names[$key].Trim() -ceq $text) { $found += $key } }
    if ($found.Count -eq 1) { return $found[0] }
    return $null
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
            'done' { $script:doneSteps[$step] = $true }
            'started' { $script:startedSteps[$step] = $true }
            'undone' { $script:doneSteps.Remove($step); $script:startedSteps.Remove($step) }
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
function Send-Request([string]$Method, [string]$Url, [string]$Body, [string]$Type, [hashtable]$Headers) {
    [Threading.Thread]::Sleep($pause)
    $script:status = 0
    $request = [Net.WebRequest]::Create($Url)
    $request.Method = $Method
    $request.Accept = 'application/json;odata=nometadata'
    $request.Timeout = 90000
    foreach ($name in @($Headers.Keys)) { $request.Headers.Add($name, $Headers[$name]) }
    try {
        if ($Method -ne 'GET') {
            $bytes = $utf8.GetBytes($Body)
            $request.ContentType = $Type
            $stream = $request.GetRequestStream()
            $stream.Write($bytes, 0, $bytes.Length)
            $stream.Close()
        }
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

function New-Verdict([string]$Word, [string]$Fault, $Answer) { return @{ word = $Word; fault = $Fault; answer = $Answer; missing = $false; wait = 0 } }

# Запрос с повторами: вердикт со словом ok или другим; код ошибки в $script:fault, а $script:missing, если система ясно
# ответила, что записи нет. Повторяется отказ, при котором система ничего не сделала (refused); неясный исход (нет ответа,
# 5xx) повторяется только при чтении.
function Invoke-System([bool]$Reading, [string]$Method, [string]$Url, [string]$Body, [string]$Type, [hashtable]$Headers) {
    for ($try = 1; $true; $try++) {
        $text = Send-Request $Method $Url $Body $Type $Headers
        if ($null -eq $text) { $verdict = New-Verdict 'unclear' 'нет ответа' $null } else { $verdict = Get-Verdict $text }
        $script:fault = $verdict.fault
        $script:missing = $verdict.missing
        $again = $verdict.word -eq 'refused' -or ($verdict.word -eq 'unclear' -and $Reading)
        if (-not $again -or $try -ge $maxTries) { return $verdict }
        [Threading.Thread]::Sleep([Math]::Max($pause * $try * 2, $pause * 2 * $verdict.wait))
    }
}

# Выполняет шаги всех планов: Invoke-Step получает один шаг.
function Invoke-Plans {
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
}

# Имя шага без посторонних знаков.
function Get-StepName($Step) { return [Text.RegularExpressions.Regex]::Replace((Get-Text (Get-Field $Step 'step')), '[^0-9A-Za-z-]', '') }

# Номера записей шага; план без номеров не выполняется.
function Test-Numbers([string[]]$Ids) {
    foreach ($one in $Ids) { if ($one -notmatch '^[0-9]+\z') { Stop-Script 'План не читается: шаг без номеров' } }
}
