#!/usr/bin/env bash
# Сценарий очистки amoCRM, создан программой sverka.
#
# Запуск
#   export AMOCRM_URL='https://АККАУНТ.amocrm.ru' AMOCRM_TOKEN='долгосрочный токен интеграции'
#   ./amocrm.sh                    пробный запуск: читает аккаунт, ничего не меняет, показывает, что будет сделано
#   ./amocrm.sh --apply            выполняет
#   ./amocrm.sh --undo             показывает, что можно вернуть;  --undo --apply возвращает
#   --plan ФАЙЛ, --journal ПАПКА   другой план, другая папка журнала
#
# Что делает, по порядку:
#   1. Названия и имена, испорченные кодировкой, раскладкой, похожими буквами или невидимыми знаками: пишет верный текст.
#   2. ИНН, в которых не те знаки: исправляет, если это подтверждают контрольные цифры, и только в единственном текстовом
#      поле карточки, в названии которого есть «ИНН» и где стоит ровно прежний текст.
#   3. Дубли. Объединять и удалять карточки открытый API amoCRM не умеет, поэтому сценарий готовит объединение (см. ниже), а
#      лишнюю карточку удаляет человек.
#   4. Связи: записывает код записи 1С в пустое текстовое поле, в котором другие карточки его уже хранят.
#   5. Этап сделки или её поле со статусом объекта недвижимости, когда это следует из зарегистрированного договора и оплат в 1С.
#
# Как готовится объединение:
#   - телефоны, почта и пустые поля основной карточки дополняются из лишних; где значения различаются, остаётся основное;
#   - сделки, покупатели и компании (контакты) лишних карточек привязываются к основной;
#   - лишняя карточка получает тег «дубль → номер основной»; ссылка на неё выводится.
#
# Перед каждым шагом карточки читаются заново: изменившееся после выгрузки пропускается. Прежний вид каждой карточки и её
# связей сохраняется в папке журнала (before/). Прерванный запуск продолжается с того же места, повторный безопасен.
#
# --undo возвращает прежние названия, ИНН и статусы, убирает записанные коды 1С, возвращает поля основной карточки, отвязывает
# добавленное и снимает теги, если с тех пор их не меняли. Нельзя вернуть карточку, которую удалил человек; события, которые аккаунт записал в ленту, тоже остаются.
#
# Нужны bash, curl и jq. Токен — секрет: он берётся только из переменной окружения и никуда не пишется. В журнале только
# номера карточек и коды ошибок, значений полей нет; они есть в before/.
set -euo pipefail

dialect=amocrm
# Система допускает 7 запросов в секунду от одной интеграции (документация API v4, ноябрь 2026).
pause=${AMOCRM_PAUSE:-0.2}
own_option() { :; }
# {общее}

for one in AMOCRM_URL AMOCRM_TOKEN; do [ -n "${!one:-}" ] || refuse "Задайте $one"; done
base=${AMOCRM_URL%/}
[[ $base =~ ^https?://[^][:space:]/\"\\@?#]+$ ]] || refuse "AMOCRM_URL не похож на адрес: https://АККАУНТ.amocrm.ru"
[[ $AMOCRM_TOKEN =~ ^[A-Za-z0-9._-]+$ ]] || refuse "AMOCRM_TOKEN не похож на токен"
secrets=("$AMOCRM_TOKEN")
headers=("Authorization: Bearer $AMOCRM_TOKEN" "Content-Type: application/json")
# Дочерним программам секрет в окружении не нужен.
export -n AMOCRM_TOKEN

# Запись, на которую ответили 429 или 5xx, могла выполниться: повторять её вслепую нельзя, её исход покажет новый просмотр.
judge() {
  case "$status" in
    2??) verdict=ok; error= ;;
    404) verdict=failed; missing=1; error="404" ;;
    429 | 5??) verdict=unclear; error="ответ с кодом $status" ;;
    *) verdict=failed; error="ответ с кодом $status" ;;
  esac
}

# read_card СПИСОК НОМЕР → $card: ответы системы о карточке и о её связях, как их читает live. Код 1: прочитать нельзя;
# $missing = 1, если её нет.
card=
read_card() {
  local main
  ask read GET "$base/api/v4/$1/$2" || return 1
  # Отсутствующее отвечает и 204 без тела.
  if [ -z "$answer" ]; then missing=1; error="нет"; return 1; fi
  case "$answer" in "{"*) main=$answer ;; *) error="ответ не карточка"; return 1 ;; esac
  ask read GET "$base/api/v4/$1/$2/links" || { missing=0; return 1; }
  card="[$main,${answer:-null}]"
}

fields_program='
def text: if . == null then "" else tostring end;
# Карточка со связями, как она сохраняется в before/.
def live: if .[0] | has("id") then {card: .[0], links: [.[1]._embedded?.links[]? | {to_entity_id, to_entity_type}]} else error("card") end;
def deleted: .card.is_deleted == true;
def fold: text | gsub("\\s+"; " ") | ltrimstr(" ") | rtrimstr(" ");
def significant: text | ascii_upcase | gsub("[ОоO]"; "0") | gsub("[Зз]"; "3") | gsub("[ІіIL]"; "1") | gsub("[^0-9A-Z]"; "") | sub("^0+"; "");
def fields: [.card.custom_fields_values[]?];
def many: .field_type == "multitext" or .field_code == "PHONE" or .field_code == "EMAIL";
# Телефон «8…» и «+7…» — один номер: сравниваются последние десять цифр.
def same_as($field): .value | text | if $field.field_code == "PHONE" then gsub("[^0-9]"; "") | .[-10:] else ascii_downcase end;
def of($id): [fields[] | select(.field_id == $id)][0];
def value_out: {value} + (if .enum_id != null then {enum_id} else {} end);
def copied: (.field_type // "") | test("^(text|textarea|numeric|url|select|multiselect|date|birthday|date_time|streetaddress|smart_address|legal_entity|checkbox|radiobutton)$");
# Что станет с полем основной карточки: null, если оно не меняется.
def becomes($main; $others; $id):
  ($main | of($id)) as $own | ([$others[] | of($id) | select(. != null)]) as $from
  | if ($from | length) == 0 then null
    elif ($from[0] | many) then
      ([($own.values // [])[]] + [$from[].values[]]) as $all | $from[0] as $f
      | (reduce $all[] as $v ([]; if ([.[] | same_as($f)] | index($v | same_as($f))) == null then . + [$v] else . end)) as $united
      | if ($united | length) == (($own.values // []) | length) then null else [$united[] | value_out] end
    elif $own == null and ($from[0] | copied) then [$from[0].values[] | value_out]
    else null end;
def tag: "дубль → \($keep)";
def link_key: "\(.to_entity_type) \(.to_entity_id)";
# Единственное значение текстового поля, в названии которого есть «ИНН».
def inn_fields: [fields[] | select(.field_type == "text" and (.values | length) == 1 and (.field_name // "" | test("инн|inn"; "i")))];
def movable: select(.to_entity_type | IN("leads", "customers", "companies", "contacts"));
'

# Печатает: что делать (write, done, skip), подробность, номера удалённых карточек, прежний вид остальных (номер и JSON), пустую
# строку, затем запросы: способ, путь и тело.
look_program=$fields_program'
.[-1] as $step | [.[0:-1][] | live] as $read | ([$read[] | select(deleted) | .card.id]) as $gone
| [$read[] | select(deleted | not)] as $all | $all[0] as $main | $all[1:] as $others
| if ($gone | length) > 0 and (($started | not) or any($gone[]; . == $keep)) then
    "skip", "карточки \($gone[0]) нет", ($gone | map(tostring) | join(" ")), ($all[] | "\(.card.id) \(tojson)"), ""
  else
 ([$all[] | . as $live | $step.cards[.card.id | tostring] as $was
  | [fields[].values[]? | .value | if type == "object" then .vat_id else . end | significant] as $numbers
  | (if $was == null then "карточки нет в плане"
    elif $was.name != null and (.card.name | fold | IN($was.name[] | fold) | not) then "поле name изменилось после выгрузки"
    elif $was.inn != null and ([$was.inn[] | significant | select(. as $x | $numbers | index($x) != null)] | length) == 0 then "ИНН изменился после выгрузки"
    else "" end) | select(. != "") | "карточка \($live.card.id): \(.)"][0]) as $changed
| ([$others[] | fields[].field_id] | unique | map({id: ., values: becomes($main; $others; .)} | select(.values != null))) as $fields
| ([$main.links[] | link_key]) as $linked
| ([$others[].links[] | movable] | unique_by(link_key) | map(select(link_key as $k | $linked | index($k) == null))) as $links
| ([$others[] | select([.card._embedded.tags[]?.name] | index(tag) == null)]) as $untagged
| ([(if ($fields | length) > 0 then "PATCH \($list)/\($keep) \({custom_fields_values: ($fields | map({field_id: .id, values}))} | tojson)" else empty end),
    (if ($links | length) > 0 then "POST \($list)/\($keep)/link \($links | tojson)" else empty end),
    ($untagged[] | "PATCH \($list)/\(.card.id) \({_embedded: {tags: ([.card._embedded.tags[]? | {id}] + [{name: tag}])}} | tojson)")]) as $writes
| (if $changed != null and ($started | not) then "skip", $changed
  elif ($writes | length) > 0 then "write", "полей \($fields | length), связей \($links | length), тегов \($untagged | length)"
  else "done", "" end), ($gone | map(tostring) | join(" ")), ($all[] | "\(.card.id) \(tojson)"), "", $writes[] end'

# Поля, которых у карточки не было, очищает values: null (официальный клиент amoCRM для PHP: NullCustomFieldValueCollection).
# Что вернуть: поля, где стоит ровно то, что записал сценарий; связи, которых у основной карточки не было; теги.
undo_program=$fields_program'
.[-1] as $was | [.[0:-1][] | live] as $read | ([$read[] | select(deleted) | .card.id]) as $gone
| [$read[] | select(deleted | not)] as $all | $all[0] as $main | $all[1:] as $others
| if any($gone[]; . == $keep) then "skip", "карточки \($keep) нет", "", "" else
$was[0] as $old | $was[1:] as $sources
| ([$sources[] | fields[].field_id] | unique | map(. as $id | becomes($old; $sources; $id) as $wrote | select($wrote != null)
    | select(([($main | of($id)).values[]? | value_out] | map(tojson) | sort) == ($wrote | map(tojson) | sort))
    | {field_id: $id, values: (($old | of($id)) as $o | if $o == null then null else [$o.values[] | value_out] end)})) as $fields
| ([$old.links[] | link_key]) as $had | ([$sources[].links[] | movable | link_key] | unique) as $gave
| ([$main.links[] | select(link_key as $k | ($gave | index($k) != null) and ($had | index($k) == null))]) as $links
| ([$others[] | select([.card._embedded.tags[]?.name] | index(tag) != null)]) as $tagged
| ([(if ($fields | length) > 0 then "PATCH \($list)/\($keep) \({custom_fields_values: $fields} | tojson)" else empty end),
    (if ($links | length) > 0 then "POST \($list)/\($keep)/unlink \($links | tojson)" else empty end),
    ($tagged[] | "PATCH \($list)/\(.card.id) \({_embedded: {tags: [.card._embedded.tags[]? | select(.name != tag) | {id}]}} | tojson)")]) as $writes
| (if ($writes | length) > 0 then "write", "полей \($fields | length), связей \($links | length), тегов \($tagged | length)" else "done", "" end),
  ($gone | map(tostring) | join(" ")), "", $writes[] end'

# look do|undo ШАГ-JSON НАЧАТ → $what, $detail, $writes, $gone
look() {
  local mode=$1 step=$2 started=$3 one rest cards= line program deleted=
  what=fail detail="ответ системы не разобрать" writes=()
  gone=
  for one in $step_keep $step_drop; do
    if ! read_card "$step_list" "$one"; then
      if [ "$missing" = 0 ]; then detail="карточка $one не читается: $error"; return; fi
      # Лишнюю карточку человек мог уже удалить: тогда её часть работы сделана.
      if [ "$one" = "$step_keep" ] || { [ "$mode" = do ] && [ "$started" = false ]; }; then what=skip detail="карточки $one нет"; return; fi
      gone+=" $one"
      continue
    fi
    cards+="$card"$'\n'
  done
  if [ "$mode" = do ]; then program=$look_program; else
    program=$undo_program
    step=
    for one in $step_keep $step_drop; do step+=",$(cat "$journal/before/$step_list-$one.json")"; done
    step="[${step#,}]"
  fi
  lines=$(printf '%s%s\n' "$cards" "$step" | jq -rs --argjson keep "$step_keep" --arg list "$step_list" --argjson started "$started" "$program" 2>/dev/null) || lines=
  if [ -n "$lines" ]; then {
    IFS= read -r what && IFS= read -r detail && IFS= read -r deleted
    while read -r one rest && [ -n "$one" ]; do save_before "$step_list-$one" "$rest"; done
    while IFS= read -r line; do writes+=("$line"); done
  } <<<"$lines" || true; fi
  what=${what:-fail}
  gone+=${deleted:+ $deleted}
}

# Выполняет запросы просмотра, пока они есть: каждый просмотр показывает, чего ещё не хватает. Код 1: не вышло.
carry_out() { # do|undo ШАГ-JSON
  local tries=0 line method path last=
  while [ "$what" = write ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt "$max_tries" ]; then what=fail detail="не записывается: $last; запустите сценарий ещё раз"; return; fi
    for line in "${writes[@]}"; do
      method=${line%% *}
      line=${line#* }
      path=${line%% *}
      ask write "$method" "$base/api/v4/$path" "${line#* }" || { last=$error; break; }
    done
    look "$1" "$2" true
  done
}

# Единственное текстовое поле ИНН с таким текстом. Печатает: что делать (write, same, skip), подробность, номер поля, запрос,
# прежний вид карточки.
fix_program=$fields_program'
(.[0] | live) as $live | .[1] as $step
| def holding($text): [$live | inn_fields[]
      | select((.values[0].value | fold) == ($text | fold) and ($step.field == null or .field_id == $step.field)) | .field_id];
  holding($step.expected) as $old | holding($step.value) as $new
| (if $live | deleted then "skip", "карточки \($step.id) нет", "", ""
  elif ($old | length) == 1 then "write", "ИНН карточки \($step.id)", $old[0],
    ({custom_fields_values: [{field_id: $old[0], values: [{value: $step.value}]}]} | tojson)
  elif ($old | length) == 0 and ($new | length) == 1 then "same", "ИНН карточки \($step.id) уже исправлен", $new[0], ""
  else "skip", "у карточки \($step.id) нет единственного текстового поля ИНН с прежним значением", "", "" end), ($live | tojson)'

look_fix() { # шаг-JSON → $what, $detail, $field, $body, $card
  what=fail detail="ответ системы не разобрать" field= body=
  if ! read_card "$step_list" "$step_keep"; then
    if [ "$missing" = 1 ]; then what=skip detail="карточки $step_keep нет"; else detail="карточка $step_keep не читается: $error"; fi
    return
  fi
  lines=$(printf '%s\n%s\n' "$card" "$1" | jq -rs "$fix_program" 2>/dev/null) || lines=
  if [ -n "$lines" ]; then { IFS= read -r what && IFS= read -r detail && IFS= read -r field && IFS= read -r body && IFS= read -r card; } <<<"$lines" || true; fi
  what=${what:-fail}
}

# write_inn ШАГ-JSON СОСТОЯНИЕ ПРОБА: пишет ИНН; удалось ли, показывает новый просмотр, что бы ни ответила система. Пока он
# показывает прежний текст, запись можно повторять: пишется одно и то же.
write_inn() {
  local lost= tries=0
  if [ "$apply" = 0 ]; then done_step "$step_id" "$3" "$detail"; return; fi
  save_before "$step_list-$step_keep" "$card"
  if [ "$undo" = 0 ]; then note "$step_id" "начато" "поле $field карточки $step_keep"; fi
  while [ "$what" = write ] && [ "$tries" -lt "$max_tries" ]; do
    tries=$((tries + 1))
    ask write PATCH "$base/api/v4/$step_list/$step_keep" "$body" || lost=$error
    look_fix "$1"
  done
  if [ "$what" = same ]; then done_step "$step_id" "$2" "ИНН карточки $step_keep"
  else fail_step "$step_id" "${lost:-система приняла ИНН, но не изменила}; запустите сценарий ещё раз"; fi
}

do_fix() { # шаг-JSON
  look_fix "$1"
  case "$what" in
    write) write_inn "$1" "готово" "будет исправлено" ;;
    # Что исправил человек, отмена не тронет.
    same) if is_started "$step_id"; then done_step "$step_id" "готово" "$detail"; else skip_step "$step_id" "$detail"; fi ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

undo_fix() { # шаг-JSON
  local step picture="$journal/before/$step_list-$step_keep.json"
  if ! is_done "$step_id"; then return; fi
  if [ ! -e "$picture" ]; then skip_step "$step_id" "прежний вид карточки $step_keep не сохранён"; return; fi
  # То самое поле и ровно прежний текст: после сценария в карточке могло появиться другое поле с тем же ИНН.
  step=$(printf '%s\n' "$1" | cat "$picture" - | jq -cs "$fields_program"'.[1] as $step
    | ([.[0] | inn_fields[] | select((.values[0].value | fold) == ($step.expected | fold))][0] // {field_id: 0, values: [{value: $step.expected}]}) as $was
    | {id: $step.id, field: $was.field_id, expected: $step.value, value: $was.values[0].value}')
  look_fix "$step"
  case "$what" in
    write) write_inn "$step" "отменено" "будет отменено" ;;
    same) note "$step_id" "отменено" "прежний ИНН уже стоит" ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

# read_field ШАГ-JSON → $card: карточка, $names: ответ системы с кодами её этапов или значений поля и их названиями (null, если
# кодов нет), $field_id: номер собственного поля аккаунта (0, если он не нужен). Код 1: прочитать нельзя.
names=
field_id=0
described=
known_id=0
read_field() {
  local list
  ask read GET "$base/api/v4/$step_list/$step_keep" || return 1
  if [ -z "$answer" ]; then missing=1; error="нет"; return 1; fi
  case "$answer" in "{"*) card=$answer ;; *) error="ответ не карточка"; return 1 ;; esac
  names=null
  # У пустого поля нет номера в карточке: его называет список полей, один на все карточки.
  if [ "$step_kind" = text ]; then find_field; return; fi
  field_id=0
  if [ "$step_kind" = own ]; then return; fi
  list=$(printf '%s\n%s\n' "$card" "$1" | jq -rs --argjson field_id 0 "$field_fields"'
    if $step.field == null then "pipelines/\($card.pipeline_id | numbers)"
    else own | select(chosen) | "custom_fields/\(.field_id | numbers)" end' 2>/dev/null) || { error="ответ не карточка"; return 1; }
  if [ -z "$list" ]; then return; fi
  ask read GET "$base/api/v4/leads/$list" || { missing=0; return 1; }
  names=${answer:-null}
}

# Номер единственного текстового поля с названием из шага; -1, если такого нет.
find_field() {
  local page=1 found= line more
  if [ "$described" = "$step_list $step_field" ]; then field_id=$known_id; return; fi
  described=
  while :; do
    ask read GET "$base/api/v4/$step_list/custom_fields?limit=250&page=$page" || { missing=0; return 1; }
    if [ -z "$answer" ]; then break; fi
    more=
    while IFS= read -r line; do
      case "$line" in more | last) more=$line ;; *) found+="$line " ;; esac
    done < <(printf '%s\n%s\n' "$answer" "$step_field" | jq -rs 'def trim: tostring | gsub("^\\s+|\\s+$"; "");
      .[1] as $wanted | (.[0]._embedded.custom_fields[]? | select((.name | trim) == ($wanted | trim))
      | if .type == "text" then "\(.id | numbers)" else "- -" end), (if .[0]._links.next != null then "more" else "last" end)' 2>/dev/null)
    case "$more" in more) page=$((page + 1)) ;; last) break ;; *) missing=0; error="ответ системы не разобрать"; return 1 ;; esac
  done
  field_id=-1
  found=${found% }
  case "$found" in "" | *[!0-9]*) ;; *) field_id=$found ;; esac
  known_id=$field_id
  described="$step_list $step_field"
}

# Поле карточки: с номером из списка полей, а без него - с этим названием, если оно одно и значение в нём одно.
field_fields='
def text: if . == null then "" else tostring end;
def trim: text | gsub("^\\s+|\\s+$"; "");
def chosen: .field_type | IN("select", "radiobutton");
.[0] as $card | .[1] as $step
| def own: if $field_id > 0 then [$card.custom_fields_values[]? | select(.field_id == $field_id)][0] // {field_id: $field_id, field_type: "text", values: []}
    else [$card.custom_fields_values[]? | select((.field_name | trim) == ($step.field | trim) and (.values | length) == 1)]
      | if length == 1 then .[0] | select(chosen or .field_type == "text") else empty end end;
  def code_now: if $step.own != null then $card[$step.own] | text
    elif $step.field == null then $card.status_id | text
    else ([own][0] | if . == null then "" elif chosen then .values[0].enum_id | text elif (.values | length) > 1 then .values | tojson
      else .values[0]?.value | trim end) end;
'

# Печатает: что делать (write, same, skip), подробность, запрос, прежний вид. В выгрузке стоит код этапа или его название.
field_program=$field_fields'
(if $card | has("id") then . else error("card") end)
| ([.[2] | objects | (._embedded.statuses[]? | {key: (.id | tostring), value: .name}), (.enums[]? | {key: (.id | tostring), value})]
  | from_entries) as $names
| (code_now | trim) as $now | "поле \($step.own // $step.field // "status_id" | gsub("\\s"; " ")) карточки \($step.id)" as $what
| def stands($text): $now == ($text | trim) or (($names | has($now)) and ($names[$now] | trim) == ($text | trim));
  def code($text): if ($names | length) == 0 or ($names | has($text | trim)) then $text | trim
    else [$names | to_entries[] | select((.value | trim) == ($text | trim)) | .key] | if length == 1 then .[0] else null end end;
  def body($code): if $step.own != null then {($step.own): $code}
    elif $step.field == null then {status_id: ($code | tonumber), pipeline_id: $card.pipeline_id}
    else own | {custom_fields_values: [{field_id, values: (if $code == "" then null else [if chosen then {enum_id: ($code | tonumber)} else {value: $code} end] end)}]} end;
  (if $card.is_deleted == true then "skip", "карточки \($step.id) нет", ""
  elif $field_id < 0 then "skip", "в системе нет единственного текстового поля с таким названием", ""
  elif stands($step.value) then "same", "\($what) уже исправлено", ""
  elif stands($step.expected) | not then "skip", "\($what) изменилось после выгрузки", ""
  elif code($step.value) == null then "skip", "в системе нет единственного статуса с таким названием", ""
  else "write", $what, (body(code($step.value)) | tojson) end), ($card | tojson)'

look_field() { # шаг-JSON → $what, $detail, $body, $card
  what=fail body=
  if ! read_field "$1"; then
    if [ "$missing" = 1 ]; then what=skip detail="карточки $step_keep нет"; else detail="карточка $step_keep не читается: $error"; fi
    return
  fi
  detail="ответ системы не разобрать"
  lines=$(printf '%s\n%s\n%s\n' "$card" "$1" "$names" | jq -rs --argjson field_id "$field_id" "$field_program" 2>/dev/null) || lines=
  if [ -n "$lines" ]; then { IFS= read -r what && IFS= read -r detail && IFS= read -r body && IFS= read -r card; } <<<"$lines" || true; fi
  what=${what:-fail}
}

# write_field ШАГ-JSON СОСТОЯНИЕ ПРОБА: как write_inn.
write_field() {
  local lost= tries=0
  if [ "$apply" = 0 ]; then done_step "$step_id" "$3" "$detail"; return; fi
  # У каждого шага свой прежний вид: другое поле этой карточки мог исправить этот же сценарий.
  save_before "$step_id" "$card"
  if [ "$undo" = 0 ]; then note "$step_id" "начато" "$detail"; fi
  while [ "$what" = write ] && [ "$tries" -lt "$max_tries" ]; do
    tries=$((tries + 1))
    ask write PATCH "$base/api/v4/$step_list/$step_keep" "$body" || lost=$error
    look_field "$1"
  done
  if [ "$what" = same ]; then done_step "$step_id" "$2" "поле карточки $step_keep"
  else fail_step "$step_id" "${lost:-система приняла поле, но не изменила}; запустите сценарий ещё раз"; fi
}

do_field() { # шаг-JSON
  look_field "$1"
  case "$what" in
    write) write_field "$1" "готово" "будет исправлено" ;;
    same) if is_started "$step_id"; then done_step "$step_id" "готово" "$detail"; else skip_step "$step_id" "$detail"; fi ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

undo_field() { # шаг-JSON
  local step picture="$journal/before/$step_id.json"
  if ! is_done "$step_id" && ! is_started "$step_id"; then return; fi
  if [ ! -e "$picture" ]; then skip_step "$step_id" "прежний вид карточки $step_keep не сохранён"; return; fi
  if [ "$step_kind" = text ] && ! find_field; then fail_step "$step_id" "карточка $step_keep не читается: $error"; return; fi
  if [ "$step_kind" != text ]; then field_id=0; fi
  step=$(printf '%s\n' "$1" | cat "$picture" - | jq -cs --argjson field_id "$field_id" "$field_fields"'$step + {expected: $step.value, value: code_now}')
  look_field "$step"
  case "$what" in
    write) write_field "$step" "отменено" "будет отменено" ;;
    same) note "$step_id" "отменено" "прежнее значение уже стоит" ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

card_link() { echo "$base/$step_list/detail/$1"; }

do_step() {
  local step=$1 started=false one
  if is_done "$step_id"; then return; fi
  if [ "$step_kind" != cards ]; then do_field "$step"; return; fi
  if [ -z "$step_drop" ]; then do_fix "$step"; return; fi
  if is_started "$step_id"; then started=true; fi
  look do "$step" "$started"
  if [ "$what" = write ] && [ "$apply" = 1 ]; then
    note "$step_id" "начато" "$step_keep $step_drop"
    carry_out do "$step"
  fi
  case "$what" in
    write) done_step "$step_id" "будет подготовлено" "останется $step_keep: $detail" ;;
    done)
      done_step "$step_id" "готово" "осталась $step_keep"
      for one in $step_drop; do
        case "$gone " in *" $one "*) ;; *) echo "  удалите вручную: $(card_link "$one")" ;; esac
      done
      ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

undo_step() {
  local step=$1 one
  if [ "$step_kind" != cards ]; then undo_field "$step"; return; fi
  if [ -z "$step_drop" ]; then undo_fix "$step"; return; fi
  if ! is_started "$step_id" && ! is_done "$step_id"; then return; fi
  for one in $step_keep $step_drop; do
    if [ ! -e "$journal/before/$step_list-$one.json" ]; then skip_step "$step_id" "прежний вид карточки $one не сохранён"; return; fi
  done
  look undo "$step" true
  if [ "$what" = write ] && [ "$apply" = 1 ]; then carry_out undo "$step"; fi
  if [ -n "$gone" ]; then echo "$step_id: карточек$gone больше нет, вернуть их нельзя; их прежний вид: $journal/before"; fi
  case "$what" in
    write) done_step "$step_id" "будет отменено" "$detail" ;;
    done) done_step "$step_id" "отменено" "$step_keep" ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

# Слова о шаге: номер, список, карточки, вид и название поля. Виды: status - этап или поле сделки, own - поле карточки, которое
# есть у всех, text - текстовое поле аккаунта, cards - ИНН или объединение.
step_facts='
def facts: [(.step | word), (.list | one_of(["contacts", "companies", "leads"])), (.keep // .id | number), ((.drop // []) | map(number) | join(" ")),
  (if .list == "leads" then "status" elif has("own") then .own | one_of(["name", "first_name", "last_name"]) | "own"
    elif has("field") then "text" else "cards" end), (.field | tojson)];
'
take() { IFS='|' read -r step_id step_list step_keep step_drop step_kind step_field <<<"$facts"; }

run_plans
finish
