# Сценарий исправления справочников 1С через OData для Windows, создан программой sverka. То же, что 1c-odata.sh.
#
# Запуск (Windows PowerShell 5.1 или PowerShell 7.5 и новее)
#   $env:ONEC_ODATA_URL = 'https://СЕРВЕР/БАЗА/odata/standard.odata'; $env:ONEC_ODATA_USER = 'Имя'; $env:ONEC_ODATA_PASSWORD = 'Пароль'
#   powershell -ExecutionPolicy Bypass -File .\1c-odata.ps1             пробный запуск: ничего не меняет
#   ... -Approved                 вместе с исправлениями названий и ИНН: их согласует бухгалтер
#   ... -Mark                     вместе с пометкой дублей на удаление
#   ... -Apply                    выполняет показанное
#   ... -Undo                     показывает, что можно вернуть;  -Undo -Apply возвращает
#   ... -Plan ФАЙЛ, -Journal ПАПКА
#
# Что делает, что проверяет и чего нельзя вернуть, сказано в начале 1c-odata.sh. Журнал у обоих сценариев общий. Имя и
# пароль берутся только из переменных окружения и никуда не пишутся.
[CmdletBinding()]
param(
    [switch]$Apply,
    [switch]$Undo,
    [switch]$Approved,
    [switch]$Mark,
    [string]$Plan = '',
    [string]$Journal = ''
)
$dialect = '1c-odata'
# {общее}

$base = (Get-Required 'ONEC_ODATA_URL').TrimEnd('/')
if ($base -notmatch '^https?://[^\s"\\@?#]+/odata/standard\.odata$') {
    Stop-Script 'ONEC_ODATA_URL не похож на адрес: https://СЕРВЕР/БАЗА/odata/standard.odata'
}
$password = Get-Required 'ONEC_ODATA_PASSWORD'
$token = [Convert]::ToBase64String($utf8.GetBytes((Get-Required 'ONEC_ODATA_USER') + ':' + $password))
$secrets = @($password, $token)
$pause = Get-Pause 'ONEC_ODATA_PAUSE' 200

function Get-Verdict([string]$Text) {
    if ($script:status -ge 200 -and $script:status -lt 300) {
        try { $answer = Read-Json $Text } catch { $answer = $null }
        return New-Verdict 'ok' '' $answer
    }
    $verdict = New-Verdict 'failed' "ответ с кодом $($script:status)" $null
    if ($script:status -eq 404) { $verdict.missing = $true }
    if ($script:status -eq 412) { $verdict.fault = '412: запись изменили во время работы сценария' }
    if ($script:status -eq 429) { $verdict.word = 'refused' } elseif ($script:status -ge 500) { $verdict.word = 'unclear' }
    return $verdict
}

function Get-Url($Step, [string]$Record) {
    $path = [Text.RegularExpressions.Regex]::Replace((Get-Text (Get-Field $Step 'path')), '[^A-Za-z0-9_%]', '')
    return $base + '/' + $path + "(guid'" + $Record + "')?" + '$format=json'
}
function Get-Headers { return @{ Authorization = 'Basic ' + $token } }

# Логические значения сравниваются как слова; что пишется - без пробелов по краям, что только узнаётся - и без лишних
# внутри, ИНН и КПП - по знакам.
function Get-Exact($Value) {
    if ($Value -is [bool]) { return $Value.ToString().ToLowerInvariant() }
    return (Get-Text $Value).Trim()
}
function Get-Plain($Value) { return [Text.RegularExpressions.Regex]::Replace((Get-Exact $Value), '\s+', ' ') }
function Get-Like([string]$Field, $Value) {
    if ($Field -ceq 'ИНН' -or $Field -ceq 'КПП') { return Get-Significant $Value }
    return Get-Plain $Value
}

# Что делать с записью: write, same, skip или fail; версия данных в left.
function Get-Look($Step, [string]$Record, $Set, $Exact, $Expected) {
    $verdict = Invoke-System $true 'GET' (Get-Url $Step $Record) '' '' (Get-Headers)
    if ($verdict.word -ne 'ok') {
        if ($verdict.missing) { return @{ what = 'skip'; detail = "записи $Record нет"; version = ''; live = $null } }
        return @{ what = 'fail'; detail = "запись $Record не читается: $($verdict.fault)"; version = ''; live = $null }
    }
    $live = $verdict.answer
    $stamp = Get-Text (Get-Field $live 'DataVersion')
    $look = @{ what = 'write'; detail = "запись $Record"; version = $stamp; live = $live }
    if ($stamp -notmatch '^[A-Za-z0-9+/=]+\z') { $look.what = 'fail'; $look.detail = 'ответ базы не разобрать'; return $look }
    if ((Get-Plain (Get-Field $live 'IsFolder')) -eq 'true') { $look.what = 'skip'; $look.detail = "запись ${Record}: группы не меняются"; return $look }
    if ((Get-Plain (Get-Field $live 'Predefined')) -eq 'true') { $look.what = 'skip'; $look.detail = "запись ${Record}: предопределенные записи не меняются"; return $look }
    $same = $true
    foreach ($field in (Get-Names $Set)) {
        if ((Get-Exact (Get-Field $live $field)) -cne (Get-Exact (Get-Field $Set $field))) { $same = $false }
    }
    if ($same) { $look.what = 'same'; return $look }
    foreach ($field in (Get-Names $Exact)) {
        if ((Get-Exact (Get-Field $live $field)) -cne (Get-Exact (Get-Field $Exact $field))) {
            $look.what = 'skip'
            $look.detail = "запись ${Record}: поле $field изменилось после выгрузки"
            return $look
        }
    }
    foreach ($field in (Get-Names $Expected)) {
        $known = $false
        foreach ($text in (Get-List $Expected $field)) {
            if ((Get-Like $field (Get-Field $live $field)) -ceq (Get-Like $field $text)) { $known = $true }
        }
        if (-not $known) {
            $look.what = 'skip'
            $look.detail = "запись ${Record}: поле $field изменилось после выгрузки"
            return $look
        }
    }
    return $look
}

function Test-Keep($Step, [string]$Record) {
    $verdict = Invoke-System $true 'GET' (Get-Url $Step $Record) '' '' (Get-Headers)
    if ($verdict.word -ne 'ok') { return $false }
    return (Get-Plain (Get-Field $verdict.answer 'DeletionMark')) -eq 'false' -and (Get-Plain (Get-Field $verdict.answer 'IsFolder')) -ne 'true'
}

function Invoke-Write($Step, [string]$Id, [string]$Record, $Look, $Set, $Exact, $Expected, [string]$State, [string]$Trial) {
    if (-not $Apply) { Write-Done $Id $Trial $Look.detail; return }
    Save-Before $Record $Look.live
    if (-not $Undo) { Write-Note $Id 'начато' "запись $Record" }
    $headers = Get-Headers
    $headers['If-Match'] = $Look.version
    $body = ConvertTo-Json -InputObject $Set -Depth 5 -Compress
    $verdict = Invoke-System $false 'PATCH' (Get-Url $Step $Record) $body 'application/json' $headers
    if ($verdict.word -eq 'ok') { Write-Done $Id $State "запись $Record"; return }
    # Ответ мог потеряться после того, как база выполнила запрос.
    $lost = $verdict.fault
    $look = Get-Look $Step $Record $Set $Exact $Expected
    if ($look.what -eq 'same') { Write-Done $Id $State "ответ был потерян, запись $Record изменена" }
    else { Write-Fail $Id "$lost; запустите сценарий ещё раз" }
}

function Invoke-Step($Step) {
    $id = Get-StepName $Step
    $record = Get-Text (Get-Field $Step 'id')
    $keep = Get-Text (Get-Field $Step 'keep')
    foreach ($one in @($record, $keep)) {
        if ($one -ne '' -and $one -notmatch '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\z') { Stop-Script 'План не читается: шаг без идентификаторов' }
    }
    $done = $script:doneSteps.ContainsKey($id)
    $none = [PSCustomObject]@{}
    if ($Undo) {
        if (-not $done) { return }
        $set = Get-Field $Step 'undo'
        $exact = Get-Field $Step 'set'
        $look = Get-Look $Step $record $set $exact $none
        switch ($look.what) {
            'write' { Invoke-Write $Step $id $record $look $set $exact $none 'отменено' 'будет отменено' }
            'same' { Write-Note $id 'отменено' ($look.detail + ': уже так') }
            'skip' { Write-Skip $id $look.detail }
            default { Write-Fail $id $look.detail }
        }
        return
    }
    if ($done) { return }
    $marking = (Get-Text (Get-Field $Step 'kind')) -ceq 'mark'
    if ($marking -and -not $Mark) { Write-Skip $id 'ждёт согласования: -Mark'; return }
    if (-not $marking -and -not $Approved) { Write-Skip $id 'ждёт согласования: -Approved'; return }
    $set = Get-Field $Step 'set'
    $exact = Get-Field $Step 'exact'
    $expected = Get-Field $Step 'expect'
    $look = Get-Look $Step $record $set $exact $expected
    if ($look.what -eq 'write' -and $keep -ne '' -and -not (Test-Keep $Step $keep)) {
        Write-Skip $id "основной записи $keep нет или она помечена на удаление"
        return
    }
    switch ($look.what) {
        'write' { Invoke-Write $Step $id $record $look $set $exact $expected 'готово' 'будет изменено' }
        'same' {
            # Что уже стояло до сценария, он и не вернёт.
            if ($Apply -and $script:startedSteps.ContainsKey($id)) { Write-Done $id 'готово' ($look.detail + ': изменена до прерывания') }
            else { Write-Skip $id ($look.detail + ': уже так') }
        }
        'skip' { Write-Skip $id $look.detail }
        default { Write-Fail $id $look.detail }
    }
}

Invoke-Plans
