# Сценарий очистки amoCRM для Windows, создан программой sverka. Делает то же, что amocrm.sh.
#
# Запуск (Windows PowerShell 5.1 или PowerShell 7.5 и новее)
#   $env:AMOCRM_URL = 'https://АККАУНТ.amocrm.ru'; $env:AMOCRM_TOKEN = 'долгосрочный токен интеграции'
#   powershell -ExecutionPolicy Bypass -File .\amocrm.ps1               пробный запуск: ничего не меняет
#   powershell -ExecutionPolicy Bypass -File .\amocrm.ps1 -Apply        выполняет
#   ... -Undo                     показывает, что можно вернуть;  -Undo -Apply возвращает
#   ... -Plan ФАЙЛ, -Journal ПАПКА
#
# Что делает, что проверяет и чего нельзя вернуть, сказано в начале amocrm.sh. Журнал у обоих сценариев общий. Токен -
# секрет: он берётся только из переменной окружения и никуда не пишется.
[CmdletBinding()]
param(
    [switch]$Apply,
    [switch]$Undo,
    [string]$Plan = '',
    [string]$Journal = ''
)
$dialect = 'amocrm'
# {общее}

$base = (Get-Required 'AMOCRM_URL').TrimEnd('/')
if ($base -notmatch '^https?://[^\s"\\@?#/]+$') { Stop-Script 'AMOCRM_URL не похож на адрес: https://АККАУНТ.amocrm.ru' }
$token = Get-Required 'AMOCRM_TOKEN'
if ($token -notmatch '^[A-Za-z0-9._-]+$') { Stop-Script 'AMOCRM_TOKEN не похож на токен' }
$secrets = @($token)
$pause = Get-Pause 'AMOCRM_PAUSE' 200

# Запись, на которую ответили 429 или 5xx, могла выполниться: её исход покажет новый просмотр.
function Get-Verdict([string]$Text) {
    try { $answer = Read-Json $Text } catch { $answer = $null }
    if ($script:status -ge 200 -and $script:status -lt 300) { return New-Verdict 'ok' '' $answer }
    $verdict = New-Verdict 'failed' "ответ с кодом $($script:status)" $answer
    if ($script:status -eq 404) { $verdict.missing = $true }
    if ($script:status -eq 429 -or $script:status -ge 500) { $verdict.word = 'unclear' }
    return $verdict
}
function Invoke-Account([bool]$Reading, [string]$Method, [string]$Path, [string]$Body) {
    return Invoke-System $Reading $Method ($base + '/api/v4/' + $Path) $Body 'application/json' @{ Authorization = 'Bearer ' + $token }
}

# Карточка со связями; $null, если прочитать нельзя ($script:missing: если её нет).
function Read-Card([string]$List, [string]$Id) {
    $verdict = Invoke-Account $true 'GET' "$List/$Id" ''
    if ($verdict.word -ne 'ok') { return $null }
    $main = $verdict.answer
    # Отсутствующее отвечает и 204 без тела.
    if ($script:status -eq 204) { $script:missing = $true; $script:fault = 'нет'; return $null }
    if ($null -eq (Get-Field $main 'id')) { $script:fault = 'ответ не карточка'; return $null }
    $deleted = Get-Field $main 'is_deleted'
    if ($deleted -is [bool] -and $deleted) { $script:missing = $true; $script:fault = 'удалена'; return $null }
    $verdict = Invoke-Account $true 'GET' "$List/$Id/links" ''
    if ($verdict.word -ne 'ok') { $script:missing = $false; return $null }
    $links = @()
    foreach ($link in (Get-List (Get-Field $verdict.answer '_embedded') 'links')) {
        $links += [PSCustomObject]@{ to_entity_id = (Get-Field $link 'to_entity_id'); to_entity_type = (Get-Field $link 'to_entity_type') }
    }
    return [PSCustomObject]@{ card = $main; links = $links }
}

function Find-Value($Card, [string]$Field) {
    foreach ($one in (Get-List $Card.card 'custom_fields_values')) {
        if ((Get-Text (Get-Field $one 'field_id')) -ceq $Field) { return $one }
    }
    return $null
}
function Test-Many($Field) {
    return (Get-Text (Get-Field $Field 'field_type')) -ceq 'multitext' -or @('PHONE', 'EMAIL') -ccontains (Get-Text (Get-Field $Field 'field_code'))
}
# Телефон «8...» и «+7...» - один номер: сравниваются последние десять цифр.
function Get-Same($Field, $Value) {
    $text = Get-Text (Get-Field $Value 'value')
    if ((Get-Text (Get-Field $Field 'field_code')) -cne 'PHONE') { return $text.ToLowerInvariant() }
    $digits = [Text.RegularExpressions.Regex]::Replace($text, '[^0-9]', '')
    if ($digits.Length -gt 10) { return $digits.Substring($digits.Length - 10) }
    return $digits
}
function Get-Out($Value) {
    $out = @{ value = (Get-Field $Value 'value') }
    if ($null -ne (Get-Field $Value 'enum_id')) { $out['enum_id'] = Get-Field $Value 'enum_id' }
    return $out
}
function Get-OutList($Field) {
    $list = @()
    foreach ($value in (Get-List $Field 'values')) { $list += (Get-Out $value) }
    return , $list
}

# Значения одной строкой, для сравнения: порядок не важен.
function Get-Signature($Values) {
    $texts = @()
    foreach ($value in $Values) {
        $texts += (ConvertTo-Json -InputObject $value['value'] -Depth 20 -Compress) + ' ' + (Get-Text $value['enum_id'])
    }
    [Array]::Sort($texts, [StringComparer]::Ordinal)
    return $texts -join ' '
}

# Что станет с полем основной карточки: список значений или $null, если оно не меняется.
function Get-Becoming($Main, $Others, [string]$Field) {
    $own = Find-Value $Main $Field
    $from = @()
    foreach ($other in $Others) {
        $one = Find-Value $other $Field
        if ($null -ne $one) { $from += $one }
    }
    if ($from.Count -eq 0) { return $null }
    $first = $from[0]
    if (Test-Many $first) {
        $united = @()
        $seen = @()
        foreach ($one in @($own) + $from) {
            foreach ($value in (Get-List $one 'values')) {
                $same = Get-Same $first $value
                if ($seen -cnotcontains $same) { $seen += $same; $united += (Get-Out $value) }
            }
        }
        $had = Get-List $own 'values'
        if ($united.Count -eq $had.Count) { return $null }
        return , $united
    }
    $copied = '^(text|textarea|numeric|url|select|multiselect|date|birthday|date_time|streetaddress|smart_address|legal_entity|checkbox|radiobutton)$'
    if ($null -eq $own -and (Get-Text (Get-Field $first 'field_type')) -cmatch $copied) { return , (Get-OutList $first) }
    return $null
}

function Get-FieldIds($Cards) {
    $ids = @()
    foreach ($card in $Cards) {
        foreach ($field in (Get-List $card.card 'custom_fields_values')) {
            $id = Get-Text (Get-Field $field 'field_id')
            if ($id -match '^[0-9]+\z' -and $ids -cnotcontains $id) { $ids += $id }
        }
    }
    return , $ids
}
function Get-LinkKeys($Card) {
    $keys = @()
    foreach ($link in $Card.links) { $keys += ((Get-Text $link.to_entity_type) + ' ' + (Get-Text $link.to_entity_id)) }
    return , $keys
}
function Get-TagNames($Card) {
    $names = @()
    foreach ($tag in (Get-List (Get-Field $Card.card '_embedded') 'tags')) { $names += (Get-Text (Get-Field $tag 'name')) }
    return , $names
}
function Get-Request([string]$Method, [string]$Path, $Body) {
    return @{ method = $Method; path = $Path; body = (ConvertTo-Json -InputObject $Body -Depth 20 -Compress) }
}
function Get-LinkList([string[]]$Keys) {
    $list = @()
    foreach ($key in $Keys) {
        $parts = $key.Split(' ')
        $list += @{ to_entity_type = $parts[0]; to_entity_id = [long]$parts[1] }
    }
    return , $list
}

# Почему карточка не та, что была в выгрузке; пустая строка, если та.
function Get-Change($Card, $Expected) {
    if ($null -eq $Expected) { return 'карточки нет в плане' }
    $names = Get-List $Expected 'name'
    $known = $names.Count -eq 0
    foreach ($name in $names) { if ((Get-Fold (Get-Field $Card.card 'name')) -ceq (Get-Fold $name)) { $known = $true } }
    if (-not $known) { return 'поле name изменилось после выгрузки' }
    if ($null -eq (Get-Field $Expected 'inn')) { return '' }
    $numbers = @()
    foreach ($field in (Get-List $Card.card 'custom_fields_values')) {
        foreach ($value in (Get-List $field 'values')) {
            $text = Get-Field $value 'value'
            if ($text -is [Management.Automation.PSCustomObject]) { $text = Get-Field $text 'vat_id' }
            $numbers += (Get-Significant $text)
        }
    }
    foreach ($text in (Get-List $Expected 'inn')) { if ($numbers -ccontains (Get-Significant $text)) { return '' } }
    return 'ИНН изменился после выгрузки'
}

# Что делать: write, done, skip или fail, и недостающие запросы.
function Get-Look($Step, [string]$List, [string]$Keep, [string[]]$Drop, [bool]$Started, [bool]$Back) {
    $look = @{ what = 'fail'; detail = ''; writes = @(); gone = @() }
    $cards = @()
    foreach ($one in @($Keep) + $Drop) {
        $card = Read-Card $List $one
        if ($null -eq $card) {
            if (-not $script:missing) { $look.detail = "карточка $one не читается: $($script:fault)"; return $look }
            # Лишнюю карточку человек мог уже удалить: тогда её часть работы сделана.
            if ($one -ceq $Keep -or (-not $Back -and -not $Started)) { $look.what = 'skip'; $look.detail = "карточки $one нет"; return $look }
            $look.gone += $one
            continue
        }
        if (-not $Back) { Save-Before "$List-$one" $card }
        $cards += $card
    }
    $main = $cards[0]
    $others = @($cards | Select-Object -Skip 1)
    $tag = "дубль → $Keep"
    $old = $main
    $sources = $others
    if ($Back) {
        $old = Read-Before "$List-$Keep"
        $sources = @()
        foreach ($one in $Drop) { $sources += (Read-Before "$List-$one") }
    } elseif (-not $Started) {
        foreach ($card in $cards) {
            $id = Get-Text (Get-Field $card.card 'id')
            $why = Get-Change $card (Get-Field (Get-Field $Step 'cards') $id)
            if ($why -ne '') { $look.what = 'skip'; $look.detail = "карточка ${id}: $why"; return $look }
        }
    }
    $fields = @()
    foreach ($field in (Get-FieldIds $sources)) {
        $becomes = Get-Becoming $old $sources $field
        if ($null -eq $becomes) { continue }
        $values = $becomes
        if ($Back) {
            # Изменённое после сценария не трогается: там должно стоять ровно то, что он записал.
            if ((Get-Signature (Get-OutList (Find-Value $main $field))) -cne (Get-Signature $becomes)) { continue }
            $own = Find-Value $old $field
            if ($null -eq $own) { $values = $null } else { $values = Get-OutList $own }
        }
        $fields += @{ field_id = [long]$field; values = $values }
    }
    $had = Get-LinkKeys $old
    $has = Get-LinkKeys $main
    $links = @()
    foreach ($source in $sources) {
        foreach ($key in (Get-LinkKeys $source)) {
            if ($key -cnotmatch '^(leads|customers|companies|contacts) [0-9]+\z' -or $links -ccontains $key) { continue }
            $wanted = $has -cnotcontains $key
            if ($Back) { $wanted = $has -ccontains $key -and $had -cnotcontains $key }
            if ($wanted) { $links += $key }
        }
    }
    $writes = @()
    if ($fields.Count -gt 0) { $writes += (Get-Request 'PATCH' "$List/$Keep" @{ custom_fields_values = $fields }) }
    if ($links.Count -gt 0) {
        $action = 'link'
        if ($Back) { $action = 'unlink' }
        $writes += (Get-Request 'POST' "$List/$Keep/$action" (Get-LinkList $links))
    }
    $tagged = 0
    foreach ($card in $others) {
        $has = (Get-TagNames $card) -ccontains $tag
        if ($has -ne $Back) { continue }
        $tagged++
        $tags = @()
        foreach ($one in (Get-List (Get-Field $card.card '_embedded') 'tags')) {
            if ((Get-Text (Get-Field $one 'name')) -cne $tag) { $tags += @{ id = (Get-Field $one 'id') } }
        }
        if (-not $Back) { $tags += @{ name = $tag } }
        $id = Get-Text (Get-Field $card.card 'id')
        $writes += (Get-Request 'PATCH' "$List/$id" @{ _embedded = @{ tags = $tags } })
    }
    $look.what = 'done'
    if ($writes.Count -gt 0) {
        $look.what = 'write'
        $look.writes = $writes
        $look.detail = "полей $($fields.Count), связей $($links.Count), тегов $tagged"
    }
    return $look
}

# Единственное значение текстового поля, в названии которого есть «ИНН», с таким текстом.
function Find-InnFields($Card, [string]$Text, [string]$Only) {
    $found = @()
    foreach ($one in (Get-List $Card.card 'custom_fields_values')) {
        if ((Get-Text (Get-Field $one 'field_type')) -cne 'text' -or (Get-Text (Get-Field $one 'field_name')) -notmatch 'инн|inn') { continue }
        $values = Get-List $one 'values'
        if ($values.Count -ne 1 -or (Get-Fold (Get-Field $values[0] 'value')) -cne (Get-Fold $Text)) { continue }
        if ($Only -eq '' -or (Get-Text (Get-Field $one 'field_id')) -ceq $Only) { $found += $one }
    }
    return , $found
}

# Что делать: write, same, skip или fail, поле и тело запроса.
function Get-FixLook([string]$List, [string]$Card, [string]$Was, [string]$Becomes, [string]$Only) {
    $look = @{ what = 'fail'; detail = ''; field = ''; body = ''; card = $null }
    $look.card = Read-Card $List $Card
    if ($null -eq $look.card) {
        if ($script:missing) { $look.what = 'skip'; $look.detail = "карточки $Card нет" }
        else { $look.detail = "карточка $Card не читается: $($script:fault)" }
        return $look
    }
    $old = Find-InnFields $look.card $Was $Only
    $new = Find-InnFields $look.card $Becomes $Only
    if ($old.Count -eq 1) {
        $look.what = 'write'
        $look.detail = "ИНН карточки $Card"
        $look.field = Get-Text (Get-Field $old[0] 'field_id')
        $look.body = ConvertTo-Json -Depth 20 -Compress -InputObject @{ custom_fields_values = @(@{ field_id = [long]$look.field; values = @(@{ value = $Becomes }) }) }
    } elseif ($old.Count -eq 0 -and $new.Count -eq 1) {
        $look.what = 'same'
        $look.detail = "ИНН карточки $Card уже исправлен"
    } else {
        $look.what = 'skip'
        $look.detail = "у карточки $Card нет единственного текстового поля ИНН с прежним значением"
    }
    return $look
}

function Invoke-Fix($Step, [string]$Id, [string]$List, [string]$Card, [bool]$Done, [bool]$Started) {
    $was = Get-Text (Get-Field $Step 'expected')
    $becomes = Get-Text (Get-Field $Step 'value')
    $only = ''
    if ($Undo) {
        if (-not $Done) { return }
        $picture = Read-Before "$List-$Card"
        if ($null -eq $picture) { Write-Skip $Id "прежний вид карточки $Card не сохранён"; return }
        # То самое поле и ровно прежний текст: после сценария в карточке могло появиться другое поле с тем же ИНН.
        $fields = Find-InnFields $picture $was ''
        $text = $was
        $was = $becomes
        $becomes = $text
        $only = '0'
        if ($fields.Count -gt 0) {
            $only = Get-Text (Get-Field $fields[0] 'field_id')
            $becomes = Get-Text (Get-Field (Get-List $fields[0] 'values')[0] 'value')
        }
    } elseif ($Done) { return }
    $look = Get-FixLook $List $Card $was $becomes $only
    $state = 'готово'
    if ($Undo) { $state = 'отменено' }
    switch ($look.what) {
        'write' {
            if (-not $Apply) {
                if ($Undo) { Write-Done $Id 'будет отменено' $look.detail } else { Write-Done $Id 'будет исправлено' $look.detail }
                return
            }
            Save-Before "$List-$Card" $look.card
            if (-not $Undo) { Write-Note $Id 'начато' "поле $($look.field) карточки $Card" }
            $lost = 'система приняла ИНН, но не изменила'
            # Пока новый просмотр показывает прежний текст, запись можно повторять: пишется одно и то же.
            for ($tries = 1; $look.what -eq 'write' -and $tries -le $maxTries; $tries++) {
                $verdict = Invoke-Account $false 'PATCH' "$List/$Card" $look.body
                if ($verdict.word -ne 'ok') { $lost = $verdict.fault }
                $look = Get-FixLook $List $Card $was $becomes $only
            }
            if ($look.what -eq 'same') { Write-Done $Id $state "ИНН карточки $Card" }
            else { Write-Fail $Id "$lost; запустите сценарий ещё раз" }
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

# Поле с этим названием, если оно одно и значение в нём одно; с номером - то самое, хотя бы и пустое. $null, если нет.
function Find-OwnField($Card, [string]$Name, [long]$Number) {
    $found = @()
    foreach ($one in (Get-List $Card 'custom_fields_values')) {
        if ($Number -gt 0) {
            if ((Get-Text (Get-Field $one 'field_id')) -ceq [string]$Number) { return $one }
        } else {
            $same = (Get-Text (Get-Field $one 'field_name')).Trim() -ceq $Name.Trim()
            if ($same -and (Get-List $one 'values').Count -eq 1) { $found += $one }
        }
    }
    if ($Number -gt 0) { return [PSCustomObject]@{ field_id = $Number; field_type = 'text'; values = @() } }
    if ($found.Count -ne 1) { return $null }
    if (@('select', 'radiobutton', 'text') -cnotcontains (Get-Text (Get-Field $found[0] 'field_type'))) { return $null }
    return $found[0]
}
function Test-Chosen($Field) { return @('select', 'radiobutton') -ccontains (Get-Text (Get-Field $Field 'field_type')) }
# Нынешний текст поля или код статуса. $Kind: own - поле, которое есть у всех карточек.
function Get-FieldNow($Card, [string]$Kind, [string]$Name, [long]$Number) {
    if ($Kind -ceq 'own') { return (Get-Text (Get-Field $Card $Name)).Trim() }
    if ($Name -eq '') { return Get-Text (Get-Field $Card 'status_id') }
    $own = Find-OwnField $Card $Name $Number
    if ($null -eq $own) { return '' }
    $values = Get-List $own 'values'
    if ($values.Count -eq 0) { return '' }
    if ($values.Count -gt 1) { return ConvertTo-Json -InputObject $values -Depth 20 -Compress }
    if (Test-Chosen $own) { return Get-Text (Get-Field $values[0] 'enum_id') }
    return (Get-Text (Get-Field $values[0] 'value')).Trim()
}

# Номер единственного текстового поля с этим названием: -1, если такого нет; $null, если прочитать нельзя.
$script:described = ''
$script:number = [long]0
function Find-Number([string]$List, [string]$Name) {
    if ($script:described -ceq "$List $Name") { return $script:number }
    $found = @()
    for ($page = 1; $true; $page++) {
        $verdict = Invoke-Account $true 'GET' "$List/custom_fields?limit=250&page=$page" ''
        if ($verdict.word -ne 'ok') { $script:missing = $false; return $null }
        if ($script:status -eq 204) { break }
        foreach ($one in (Get-List (Get-Field $verdict.answer '_embedded') 'custom_fields')) {
            if ((Get-Text (Get-Field $one 'name')).Trim() -ceq $Name.Trim()) { $found += $one }
        }
        if ($null -eq (Get-Field (Get-Field $verdict.answer '_links') 'next')) { break }
    }
    $script:number = [long]-1
    if ($found.Count -eq 1 -and (Get-Text (Get-Field $found[0] 'type')) -ceq 'text') { $script:number = [long](Get-Field $found[0] 'id') }
    $script:described = "$List $Name"
    return $script:number
}

# Карточка, номер её поля и названия этапов или значений; $null, если прочитать нельзя ($script:missing: если её нет).
function Read-Own([string]$List, [string]$Id, [string]$Kind, [string]$Name) {
    $verdict = Invoke-Account $true 'GET' "$List/$Id" ''
    if ($verdict.word -ne 'ok') { return $null }
    $card = $verdict.answer
    if ($script:status -eq 204) { $script:missing = $true; $script:fault = 'нет'; return $null }
    if ($null -eq (Get-Field $card 'id')) { $script:fault = 'ответ не карточка'; return $null }
    $deleted = Get-Field $card 'is_deleted'
    if ($deleted -is [bool] -and $deleted) { $script:missing = $true; $script:fault = 'удалена'; return $null }
    $names = New-Object Collections.Hashtable ([StringComparer]::Ordinal)
    $number = [long]0
    $codes = ''
    if ($Kind -ceq 'text') {
        # У пустого поля нет номера в карточке: его называет список полей.
        $number = Find-Number $List $Name
        if ($null -eq $number) { return $null }
    } elseif ($Kind -ceq 'status' -and $Name -eq '') {
        $codes = 'pipelines/' + (Get-Text (Get-Field $card 'pipeline_id'))
    } elseif ($Kind -ceq 'status') {
        $own = Find-OwnField $card $Name 0
        if ($null -ne $own -and (Test-Chosen $own)) { $codes = 'custom_fields/' + (Get-Text (Get-Field $own 'field_id')) }
    }
    if ($codes -ne '') {
        $verdict = Invoke-Account $true 'GET' "leads/$codes" ''
        if ($verdict.word -ne 'ok') { $script:missing = $false; return $null }
        foreach ($one in (Get-List (Get-Field $verdict.answer '_embedded') 'statuses')) { $names[(Get-Text (Get-Field $one 'id'))] = Get-Text (Get-Field $one 'name') }
        foreach ($one in (Get-List $verdict.answer 'enums')) { $names[(Get-Text (Get-Field $one 'id'))] = Get-Text (Get-Field $one 'value') }
    }
    return @{ card = $card; now = (Get-FieldNow $card $Kind $Name $number); names = $names; number = $number }
}

# Что делать: write, same, skip или fail, и тело запроса.
function Get-FieldLook([string]$List, [string]$Card, [string]$Kind, [string]$Name, [string]$Was, [string]$Becomes) {
    $look = @{ what = 'fail'; detail = ''; body = ''; card = $null }
    $live = Read-Own $List $Card $Kind $Name
    if ($null -eq $live) {
        if ($script:missing) { $look.what = 'skip'; $look.detail = "карточки $Card нет" }
        else { $look.detail = "карточка $Card не читается: $($script:fault)" }
        return $look
    }
    $look.card = $live.card
    $shown = $Name
    if ($shown -eq '') { $shown = 'status_id' }
    $look.what = 'skip'
    if ($live.number -lt 0) { $look.detail = 'в системе нет единственного текстового поля с таким названием'; return $look }
    if (Test-Stands $live.now $live.names $Becomes) {
        $look.what = 'same'
        $look.detail = "поле $shown карточки $Card уже исправлено"
        return $look
    }
    if (-not (Test-Stands $live.now $live.names $Was)) { $look.detail = "поле $shown карточки $Card изменилось после выгрузки"; return $look }
    $code = Get-StatusCode $live.names $Becomes
    if ($null -eq $code) { $look.detail = 'в системе нет единственного статуса с таким названием'; return $look }
    $look.what = 'write'
    $look.detail = "поле $shown карточки $Card"
    if ($Kind -ceq 'own') {
        $set = @{}
        $set[$Name] = $code
    } elseif ($Name -eq '') {
        $set = @{ status_id = [long]$code; pipeline_id = (Get-Field $live.card 'pipeline_id') }
    } else {
        $own = Find-OwnField $live.card $Name $live.number
        $values = $null
        if (Test-Chosen $own) { $values = @(@{ enum_id = [long]$code }) } elseif ($code -ne '') { $values = @(@{ value = $code }) }
        $set = @{ custom_fields_values = @(@{ field_id = (Get-Field $own 'field_id'); values = $values }) }
    }
    $look.body = ConvertTo-Json -Depth 20 -Compress -InputObject $set
    return $look
}

function Invoke-Field($Step, [string]$Id, [string]$List, [string]$Card, [string]$Kind, [bool]$Done, [bool]$Started) {
    $name = Get-Text (Get-Field $Step 'field')
    if ($Kind -ceq 'own') {
        $name = Get-Text (Get-Field $Step 'own')
        if (@('name', 'first_name', 'last_name') -cnotcontains $name) { Stop-Script 'План не читается: шаг без номеров' }
    }
    $was = Get-Text (Get-Field $Step 'expected')
    $becomes = Get-Text (Get-Field $Step 'value')
    $state = 'готово'
    if ($Undo) {
        if (-not $Done -and -not $Started) { return }
        $picture = Read-Before $Id
        if ($null -eq $picture) { Write-Skip $Id "прежний вид карточки $Card не сохранён"; return }
        $number = [long]0
        if ($Kind -ceq 'text') {
            $number = Find-Number $List $name
            if ($null -eq $number) { Write-Fail $Id "карточка $Card не читается: $($script:fault)"; return }
        }
        $was = $becomes
        $becomes = Get-FieldNow $picture $Kind $name $number
        $state = 'отменено'
    } elseif ($Done) { return }
    $look = Get-FieldLook $List $Card $Kind $name $was $becomes
    switch ($look.what) {
        'write' {
            if (-not $Apply) {
                if ($Undo) { Write-Done $Id 'будет отменено' $look.detail } else { Write-Done $Id 'будет исправлено' $look.detail }
                return
            }
            # У каждого шага свой прежний вид: другое поле этой карточки мог исправить этот же сценарий.
            Save-Before $Id $look.card
            if (-not $Undo) { Write-Note $Id 'начато' $look.detail }
            $lost = 'система приняла поле, но не изменила'
            for ($tries = 1; $look.what -eq 'write' -and $tries -le $maxTries; $tries++) {
                $verdict = Invoke-Account $false 'PATCH' "$List/$Card" $look.body
                if ($verdict.word -ne 'ok') { $lost = $verdict.fault }
                $look = Get-FieldLook $List $Card $Kind $name $was $becomes
            }
            if ($look.what -eq 'same') { Write-Done $Id $state "поле карточки $Card" }
            else { Write-Fail $Id "$lost; запустите сценарий ещё раз" }
        }
        'same' {
            if ($Undo) { Write-Note $Id 'отменено' 'прежнее значение уже стоит' }
            elseif ($Started) { Write-Done $Id 'готово' $look.detail }
            else { Write-Skip $Id $look.detail }
        }
        'skip' { Write-Skip $Id $look.detail }
        default { Write-Fail $Id $look.detail }
    }
}

function Invoke-Step($Step) {
    $id = Get-StepName $Step
    $list = Get-Text (Get-Field $Step 'list')
    $keep = Get-Text (Get-Field $Step 'keep')
    if ($keep -eq '') { $keep = Get-Text (Get-Field $Step 'id') }
    $drop = @()
    foreach ($one in (Get-List $Step 'drop')) { $drop += (Get-Text $one) }
    Test-Numbers (@($keep) + $drop)
    if (@('contacts', 'companies', 'leads') -cnotcontains $list) { Stop-Script 'План не читается: шаг без списка' }
    $done = $script:doneSteps.ContainsKey($id)
    $started = $script:startedSteps.ContainsKey($id)
    $kind = ''
    if ($list -ceq 'leads') { $kind = 'status' }
    elseif ((Get-Names $Step) -contains 'own') { $kind = 'own' }
    elseif ((Get-Names $Step) -contains 'field') { $kind = 'text' }
    if ($kind -ne '') { Invoke-Field $Step $id $list $keep $kind $done $started; return }
    if ($drop.Count -eq 0) { Invoke-Fix $Step $id $list $keep $done $started; return }
    if ($Undo) {
        if (-not $done -and -not $started) { return }
        foreach ($one in @($keep) + $drop) {
            if ($null -eq (Read-Before "$list-$one")) { Write-Skip $id "прежний вид карточки $one не сохранён"; return }
        }
    } elseif ($done) { return }
    $back = [bool]$Undo
    $look = Get-Look $Step $list $keep $drop ($started -or $back) $back
    if ($look.what -eq 'write' -and $Apply) {
        if (-not $back) { Write-Note $id 'начато' ("$keep " + ($drop -join ' ')) }
        $lost = ''
        # Каждый просмотр показывает, чего ещё не хватает.
        for ($tries = 1; $look.what -eq 'write'; $tries++) {
            if ($tries -gt $maxTries) { $look.what = 'fail'; $look.detail = "не записывается: $lost; запустите сценарий ещё раз"; break }
            foreach ($write in $look.writes) {
                $verdict = Invoke-Account $false $write.method $write.path $write.body
                if ($verdict.word -ne 'ok') { $lost = $verdict.fault; break }
            }
            $look = Get-Look $Step $list $keep $drop $true $back
        }
    }
    if ($back -and $look.gone.Count -gt 0) {
        Write-Host "${id}: карточек $($look.gone -join ', ') больше нет, вернуть их нельзя; их прежний вид: $beforeFolder"
    }
    switch ($look.what) {
        'write' {
            if ($back) { Write-Done $id 'будет отменено' $look.detail }
            else { Write-Done $id 'будет подготовлено' "останется ${keep}: $($look.detail)" }
        }
        'done' {
            if ($back) { Write-Done $id 'отменено' $keep; return }
            Write-Done $id 'готово' "осталась $keep"
            foreach ($one in $drop) {
                if ($look.gone -cnotcontains $one) { Write-Host "  удалите вручную: $base/$list/detail/$one" }
            }
        }
        'skip' { Write-Skip $id $look.detail }
        default { Write-Fail $id $look.detail }
    }
}

Invoke-Plans
