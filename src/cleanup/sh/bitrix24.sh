#!/usr/bin/env bash
# Сценарий очистки Битрикс24, создан программой sverka.
#
# Запуск
#   export BITRIX24_WEBHOOK='https://ПОРТАЛ.bitrix24.ru/rest/ПОЛЬЗОВАТЕЛЬ/КОД'   (права: crm)
#   ./bitrix24.sh                  пробный запуск: читает портал, ничего не меняет, показывает, что будет сделано
#   ./bitrix24.sh --apply          выполняет
#   ./bitrix24.sh --undo           показывает, что можно вернуть;  --undo --apply возвращает
#   --main-wins ПОЛЕ,ПОЛЕ          в этих полях (например, COMPANY_TYPE,INDUSTRY) верно значение основной карточки
#   --plan ФАЙЛ, --journal ПАПКА   другой план, другая папка журнала
#
# Что делает, по порядку:
#   1. Названия и имена, испорченные кодировкой, раскладкой, похожими буквами или невидимыми знаками: пишет верный текст.
#   2. ИНН, в которых не те знаки: исправляет, если это подтверждают контрольные цифры.
#   3. Дубли: сначала выравнивает в лишних карточках названия, имена, должность и ответственного, чтобы портал не ответил
#      CONFLICT, затем вызывает crm.entity.mergeBatch. Основная карточка остаётся, лишние портал удаляет, их сделки, дела и
#      реквизиты переходят к ней (два одинаковых реквизита после этого — обычное дело).
#   4. Связи: записывает код записи 1С в пустое поле карточки, в котором другие карточки его уже хранят (ORIGIN_ID или
#      поле UF_CRM_…). ORIGINATOR_ID не пишет: если обмен ищет и по нему, заполните его сами.
#   5. Статус объекта недвижимости и стадия его сделки, когда это следует из зарегистрированного договора и оплат в 1С.
#
# Перед каждым шагом записи читаются заново: изменившееся после выгрузки пропускается. Прежний вид каждой записи
# сохраняется в папке журнала (before/). Прерванный запуск продолжается с того же места, повторный безопасен.
#
# Что нельзя вернуть: объединение. По сохранённому виду лишние карточки можно создать заново, но с новыми номерами.
# --undo возвращает прежние названия, ИНН и статусы, убирает записанные коды 1С и возвращает те поля оставшихся карточек,
# которые изменил сам сценарий, если с тех пор их не меняли. Если карточки противоречат в других полях, их не трогают: выводится ссылка, объединяет человек.
#
# Нужны bash, curl и jq; в Windows — bitrix24.ps1. Адрес вебхука — секрет: он берётся только из переменной окружения
# и никуда не пишется. В журнале только номера карточек и коды ошибок, значений полей нет; они есть в before/.
set -euo pipefail

dialect=bitrix24
# Облако допускает 2 запроса в секунду (документация Битрикс24 REST, ноябрь 2026).
pause=${BITRIX24_PAUSE:-0.5}
main_wins='[]'
own_option() {
  if [ "$1" = --main-wins ]; then
    [ $# -ge 2 ] || refuse "Нет значения у $1"
    [[ $2 =~ ^[A-Z0-9_,]+$ ]] || refuse "--main-wins: нужны коды полей через запятую"
    main_wins="[\"${2//,/\",\"}\"]"
    taken=2
  fi
}
# {общее}

[ -n "${BITRIX24_WEBHOOK:-}" ] || refuse "Задайте BITRIX24_WEBHOOK"
webhook=${BITRIX24_WEBHOOK%/}
# Дочерним программам секрет в окружении не нужен.
export -n BITRIX24_WEBHOOK
pattern='^https?://[^][:space:]"\\@/]+(/[^][:space:]"\\@/]+)*/rest/[0-9]+/[A-Za-z0-9]+$'
[[ $webhook =~ $pattern ]] || refuse "BITRIX24_WEBHOOK не похож на адрес вебхука: https://ПОРТАЛ/rest/ПОЛЬЗОВАТЕЛЬ/КОД"
portal=${webhook%%/rest/*}
secrets=("$webhook" "${webhook##*/}")
headers=("Content-Type: application/json")

# Что значит ответ. Пустой ответ и страница ошибки вместо JSON — не успех. Отказы 503 QUERY_LIMIT_EXCEEDED и
# 429 OPERATION_TIME_LIMIT портал даёт, ничего не сделав; внутри batch они приходят по каждой команде.
judge() {
  # Обычный ответ об успехе узнаётся без разбора: запуск jq стоит дороже самого запроса.
  case "$status$answer" in
    *'"error"'* | *QUERY_LIMIT_EXCEEDED* | *OPERATION_TIME_LIMIT*) ;;
    200'{"result":'*'}') error= verdict=ok; return ;;
  esac
  error=$(jq -r 'def code: (.error // "" | tostring) as $c | if $c == "" or $c == "0" then "ошибка без кода" else $c end;
    if type != "object" then "ответ не JSON"
    elif has("error") then code + (if (.error_description // "" | test("not found"; "i")) then " not found" else "" end)
    elif has("result") | not then "в ответе нет result"
    else [(.result | objects | .result_error | objects | .[] | objects | code)
      | select(test("QUERY_LIMIT_EXCEEDED|OPERATION_TIME_LIMIT"))][0] // "" end' <<<"$answer" 2>/dev/null) ||
    error="ответ не JSON, код $status"
  if [ -z "$error" ] && { [ -z "$answer" ] || [ "$status" != 200 ]; }; then error="ответ с кодом $status"; fi
  case "$error" in
    "") verdict=ok ;;
    *OPERATION_TIME_LIMIT*) verdict=refused; wait=60 ;;
    *QUERY_LIMIT_EXCEEDED*) verdict=refused ;;
    *)
      case "$error" in *"not found"* | *NOT_FOUND*) missing=1 ;; esac
      if [ "${status:0:1}" = 5 ]; then verdict=unclear; else verdict=failed; fi
      ;;
  esac
}

# read_cards → $answer: карточки шага и их реквизиты одним пакетом (в пакете не больше 50 команд, карточек до 10).
read_cards() {
  local at=0 commands= one
  for one in ${step_ids//,/ }; do
    commands+=",\"c$at\":\"crm.$step_entity.get?id=$one\""
    commands+=",\"r$at\":\"crm.requisite.list?filter[ENTITY_TYPE_ID]=$step_type&filter[ENTITY_ID]=$one&select[]=*\""
    at=$((at + 1))
  done
  ask read POST "$webhook/batch" "{\"halt\":0,\"cmd\":{${commands#,}}}"
}

# Общее для всех просмотров: карточки пакета по порядку номеров $ids. Знаки ИНН и КПП читаются, как их читает sverka:
# похожие буквы заменены, прочее и ведущие нули убраны.
cards_program='
def text: if . == null or . == false then "" else tostring end;
def lower: explode | map(if (. >= 65 and . <= 90) or (. >= 1040 and . <= 1071) then . + 32 elif . == 1025 then 1105 else . end) | implode;
def fold: text | gsub("\\s+"; " ") | ltrimstr(" ") | rtrimstr(" ") | lower;
def filled: (type != "array" and type != "object") and (fold | (. != "" and (test("^0*[.]?0+$") | not)));
def significant: text | ascii_upcase | gsub("[ОоO]"; "0") | gsub("[Зз]"; "3") | gsub("[ІіIL]"; "1") | gsub("[^0-9A-Z]"; "")
  | sub("^0+"; "");
def map_or_none: if type == "object" then . else {} end;
def cards($batch; $ids):
  ($batch.result | map_or_none) as $b | ($b.result | map_or_none) as $r | ($b.result_error | map_or_none) as $e
  | [range($ids | length) as $i | ($e["c\($i)"] // null) as $fault | $r["c\($i)"] as $card
    | (($fault | type) == "object" and ((($fault.error_description // "") + " " + ($fault.error // "" | tostring)) | test("not[ _]found"; "i"))
      or $fault == null and ($card | type) != "object") as $gone
    | { id: $ids[$i], gone: $gone,
        fault: (if $gone then "" elif $fault != null then ($fault.error // "без кода" | text | gsub("[^A-Za-z0-9_]"; ""))
          elif $e["r\($i)"] != null or ($r["r\($i)"] | type) != "array" then "реквизиты не читаются"
          elif ($b.result_next | map_or_none | has("r\($i)")) then "реквизитов больше 50" else "" end),
        record: ($card // {}), requisites: ($r["r\($i)"] // []) }];
def before: { record, requisites };
'

# Печатает: что делать (готово: merge; выровнять: settle; объединено: done; иначе skip, conflict или fail), подробность,
# номера оставшихся карточек, тело запроса на выравнивание, затем прежний вид карточек: номер и JSON.
look_program=$cards_program'
# Поля, которые портал при объединении не сравнивает: складывает, пишет в историю или ведёт сам
# (исходный код модуля crm, классы Merger, 2024).
def not_compared: test("^(ID|COMMENTS|BIRTHDAY_SORT|BANKING_DETAILS|SOURCE_ID|SOURCE_DESCRIPTION|OPENED|EXPORT|COMPANY_ID|CONTACT_ID|LEAD_ID|LOGO|PHOTO|FACE_ID|IS_MY_COMPANY|ADDRESS_LOC_ADDR_ID|ORIGIN_VERSION|CREATED_BY_ID|MODIFY_BY_ID|DATE_CREATE|DATE_MODIFY|HAS_[A-Z]+|LAST_.*|UTM_.*|WEBFORM_ID|OBSERVERS?)$")
  and (test("^LAST_NAME$") | not);
.[0] as $batch | .[1] as $step | ([$step.keep] + $step.drop) as $ids | cards($batch; $ids) as $all
| ($all | map(select(.gone | not))) as $here | ($all | map(select(.gone) | .id)) as $gone
| ($all[0]) as $main
| [$here[] | . as $live | $step.cards[.id] as $card | ([($card.inn // [])[] | significant]) as $accepted
  | def numbers_of(name): [$live.requisites[]? | .[name] // "" | significant | select(. != "")] | unique;
    numbers_of("RQ_INN") as $raw | ($raw | map(. as $x | if ($accepted | index($x)) != null then $accepted[-1] else $x end) | unique) as $inn
  | numbers_of("RQ_KPP") as $kpp
  | { id, inn: $inn, kpp: $kpp, kpp_known: ($card.kpp != null),
      why: (if ($live.record.IS_MY_COMPANY // "N") == "Y" then "своя компания портала"
        elif $card == null then "записи нет в плане"
        elif $started and .id == $step.keep then ""
        elif $card.inn != null and $accepted[-1] == "" and ($inn | length) > 0 then "ИНН изменился после выгрузки"
        elif $card.inn != null and $accepted[-1] != "" and ($inn | index($accepted[-1])) == null then "ИНН изменился после выгрузки"
        elif $card.kpp != null and (($card.kpp | significant) as $k
          | if $k == "" then ($kpp | length) > 0 else ($kpp | index($k)) == null end) then "КПП изменился после выгрузки"
        else ([$card.texts | to_entries[] | select(.key as $f
            | .value + [$step.settle[$f] // .value[0]] | map(fold) | index($live.record[$f] | fold) | . == null) | .key][0]
          | if . == null then "" else "поле \(.) изменилось после выгрузки" end) end) }] as $facts
# Значение, к которому приводится поле: из плана, а для null — основной карточки.
| (($step.settle + ([$main_wins[] | {(.): null}] | add // {})) | with_entries(.value //= ($main.record[.key] | if filled then . else null end))
  | with_entries(select(.value != null))) as $target
| [$here[] | . as $live | ([$target | to_entries[] | select(.key as $f | ($live.record[$f] | filled) and (($live.record[$f] | fold) != (.value | fold)))] | from_entries) as $fields
  | select($fields != {}) | { id, fields: $fields }] as $writes
| ([$here[].record | keys[]] | unique | map(select((not_compared | not) and ($target[.] == null)))
  | map(. as $f | select([$here[].record[$f] | select(filled) | if $f == "BIRTHDATE" then text[0:10] else fold end] | unique | length > 1))) as $conflict
| ([$facts[] | select(.why != "")][0]) as $bad
| (if ([$all[].fault | select(. != "")] | length) > 0 then ([$all[] | select(.fault != "")][0] | ["fail", "запись \(.id) не читается: \(.fault)"])
  elif $main.gone then ["skip", "записи \($main.id) нет"]
  elif ($gone | length) > 0 and ($started | not) then ["skip", "записи \($gone[0]) нет"]
  elif ($here | length) == 1 then ["done", "объединено до прерывания"]
  elif $bad != null then ["skip", "запись \($bad.id): \($bad.why)"]
  elif ([$facts[].inn[]] | unique | length) > 1 then ["skip", "разные ИНН"]
  elif any($facts[]; .kpp_known | not) and ([$facts[].kpp[]] | unique | length) > 1 then ["skip", "разные КПП, а в выгрузке КПП не было"]
  elif ($conflict | length) > 0 then ["conflict", "поля \($conflict | join(", "))"]
  elif ($writes | length) > 0 then ["settle", ($writes | map(.id) | join(", "))]
  else ["merge", ""] end) as $verdict
| $verdict[0], $verdict[1], ($here | map(.id) | join(",")),
  ({ halt: 1, cmd: ([$writes | to_entries[] | .key as $n | .value | { "w\($n)": ("crm.\($entity).update?id=\(.id)&params[REGISTER_SONET_EVENT]=N"
    + ([.fields | to_entries[] | "&fields[\(.key)]=\(.value | text | @uri)"] | join(""))) }] | add // {}) } | tojson),
  ($here[] | "\(.id) \(before | tojson)")'

# look ШАГ-JSON НАЧАТ → $what, $detail, $left, $writes; прежний вид карточек сохраняется.
look() {
  local step=$1 started=$2 one rest
  if ! read_cards; then
    what=fail
    detail="карточки не читаются: $error"
    return
  fi
  what=fail detail="ответ портала не разобрать" left= writes=
  lines=$(printf '%s\n%s\n' "$answer" "$step" | jq -rs --argjson started "$started" --argjson main_wins "$main_wins" \
    --arg entity "$step_entity" "$look_program") || lines=
  if [ -n "$lines" ]; then {
    IFS= read -r what && IFS= read -r detail && IFS= read -r left && IFS= read -r writes
    while read -r one rest; do save_before "$step_entity-$one" "$rest"; done
  } <<<"$lines" || true; fi
  what=${what:-fail}
}

merge_link() { echo "$portal/crm/$step_entity/merge/?id=$step_ids"; }

merge_step() {
  local step=$1 id=$2 started=false tries=0 lost=
  if is_done "$id"; then return; fi
  if is_started "$id"; then started=true; fi
  while :; do
    look "$step" "$started"
    if [ "$what" != settle ] || [ "$apply" = 0 ]; then break; fi
    # Выравнивание можно повторять: пишется одно и то же. Удалось ли оно, покажет новый просмотр.
    tries=$((tries + 1))
    if [ "$tries" -gt 3 ]; then what=fail detail="поля карточек $detail не записываются: $lost"; break; fi
    note "$id" "выравнивание" "$detail"
    lost="портал принял их, но не изменил"
    ask write POST "$webhook/batch" "$writes" || lost=$error
  done
  case "$what" in
    skip) skip_step "$id" "$detail"; return ;;
    done) done_step "$id" "готово" "$detail"; return ;;
    conflict) conflict_step "$id" "$detail; объедините вручную: $(merge_link)"; return ;;
    merge | settle) ;;
    *) fail_step "$id" "$detail"; return ;;
  esac
  if [ "$apply" = 0 ]; then
    done_step "$id" "будет объединено" "останется ${left%%,*}, вольются ${left#*,}${detail:+; сначала поля карточек $detail}"
    return
  fi
  note "$id" "начато" "$left"
  if ! ask write POST "$webhook/crm.entity.mergeBatch" "{\"params\":{\"entityTypeId\":$step_type,\"entityIds\":[$left]}}"; then
    # Ответ мог потеряться после того, как портал выполнил запрос: спросить, остались ли карточки. «Не читается» —
    # не то же, что «нет»: тогда исход неизвестен, и его выяснит повторный запуск.
    lost=$error
    look "$step" true
    if [ "$what" = done ]; then done_step "$id" "готово" "ответ был потерян, карточки объединены"
    else fail_step "$id" "$lost; запустите сценарий ещё раз"; fi
    return
  fi
  case "${answer//[[:space:]]/}" in
    *'"STATUS":"SUCCESS"'*)
      # Проверить, что карточек действительно нет.
      look "$step" true
      if [ "$what" = done ]; then done_step "$id" "готово" "осталась ${left%%,*}"
      else fail_step "$id" "портал ответил SUCCESS, а карточки остались; запустите сценарий ещё раз"; fi
      ;;
    *'"STATUS":"CONFLICT"'*) conflict_step "$id" "объедините вручную: $(merge_link)" ;;
    *) fail_step "$id" "неожиданный ответ портала" ;;
  esac
}

# Печатает: что делать (write, same, skip, fail), подробность, тело запроса, прежний вид.
fix_program=$cards_program'
.[0] as $batch | .[1] as $step | cards($batch; [$step.id])[0] as $live
| def trim: text | gsub("^\\s+|\\s+$"; "");
  def requisite(text): [$live.requisites[] | select((.RQ_INN // "" | trim) == (text | trim))
      | select($step.requisite == null or (.ID | tostring) == $step.requisite) | .ID | tostring | select(test("^[0-9]+$"))]
    | if length == 1 then .[0] else "" end;
  def body($id): {id: $id, fields: {RQ_INN: $step.value}} | tojson;
  requisite($step.expected) as $old | requisite($step.value) as $new
| if $live.fault != "" then "fail", "запись \($step.id) не читается: \($live.fault)", ""
  elif $live.gone then "skip", "записи \($step.id) нет", ""
  elif ($live.record.IS_MY_COMPANY // "N") == "Y" then "skip", "своя компания портала", ""
  elif $old != "" then "write", "ИНН записи \($step.id)", body($old)
  elif $new != "" then "same", "ИНН записи \($step.id) уже исправлен", ""
  else "skip", "у записи \($step.id) нет единственного реквизита с прежним ИНН", "" end,
  ($live | before | tojson)'

look_fix() { # шаг-JSON: ожидаемый и новый ИНН
  local picture=
  what=fail body=
  if ! read_cards; then detail="запись $step_ids не читается: $error"; return; fi
  detail="ответ портала не разобрать"
  lines=$(printf '%s\n%s\n' "$answer" "$1" | jq -rs "$fix_program") || lines=
  if [ -n "$lines" ]; then { IFS= read -r what && IFS= read -r detail && IFS= read -r body && IFS= read -r picture; } <<<"$lines" || true; fi
  what=${what:-fail}
  if [ "$what" = write ]; then save_before "$step_entity-$step_ids" "$picture"; fi
}

# write_inn ШАГ-JSON ШАГ СОСТОЯНИЕ ПРОБА: пишет ИНН и проверяет, что он записан.
write_inn() {
  local lost
  if [ "$apply" = 0 ]; then done_step "$2" "$4" "$detail"; return; fi
  if ask write POST "$webhook/crm.requisite.update" "$body"; then
    done_step "$2" "$3" "ИНН записи $step_ids"
    return
  fi
  lost=$error
  look_fix "$1"
  if [ "$what" = same ]; then done_step "$2" "$3" "ответ был потерян, ИНН записи $step_ids записан"
  else fail_step "$2" "$lost; запустите сценарий ещё раз"; fi
}

fix_step() {
  local step=$1 id=$2
  if is_done "$id"; then return; fi
  look_fix "$step"
  case "$what" in
    write) write_inn "$step" "$id" "готово" "будет исправлено" ;;
    same) if [ "$apply" = 1 ]; then done_step "$id" "готово" "$detail"; else skip_step "$id" "$detail"; fi ;;
    skip) skip_step "$id" "$detail" ;;
    *) fail_step "$id" "$detail" ;;
  esac
}

undo_fix() {
  local step=$1 id=$2 picture
  if ! is_done "$id"; then return; fi
  # После объединения у карточки бывает и чужой реквизит с тем же ИНН: нужен тот, что был исправлен.
  picture="$journal/before/$step_entity-$step_ids.json"
  if [ ! -e "$picture" ]; then skip_step "$id" "прежний вид записи $step_ids не сохранён"; return; fi
  step=$(printf '%s\n' "$step" | cat - "$picture" | jq -sc '.[0] as $step | def trim: tostring | gsub("^\\s+|\\s+$"; "");
    {id: $step.id, expected: $step.value, value: $step.expected,
      requisite: ([.[1].requisites[] | select((.RQ_INN // "" | trim) == ($step.expected | trim)) | .ID | tostring][0] // "")}')
  look_fix "$step"
  case "$what" in
    write) write_inn "$step" "$id" "отменено" "будет отменено" ;;
    same) note "$id" "отменено" "прежний ИНН уже стоит" ;;
    skip) skip_step "$id" "$detail" ;;
    *) fail_step "$id" "$detail" ;;
  esac
}

# Поля, которые сценарий выравнивал, в карточках, которые ещё есть. Прежний вид — третья строка входа: {номер: запись}.
undo_program=$cards_program'
.[0] as $batch | .[1] as $step | .[2] as $was | cards($batch; [$step.keep] + $step.drop) as $all
| ([$all[] | select(.gone | not) | . as $live | ($was[.id].record // null) as $old | select($old != null)
    | ([(($step.settle | keys[]), $main_wins[]) as $f | select(($old[$f] | filled) and (($old[$f] | fold) != ($live.record[$f] | fold))
        # Изменённое после сценария не трогается: там должно стоять то, что он записал.
        and (($step.settle[$f] // $was[$step.keep].record[$f] | fold) == ($live.record[$f] | fold))) | {($f): $old[$f]}] | add // {}) as $fields
    | select($fields != {}) | { id, fields: $fields }]) as $writes
| (if ([$all[].fault | select(. != "")] | length) > 0 then "fail" elif ($writes | length) == 0 then "same" else "write" end),
  ($writes | map(.id) | join(", ")), ([$all[] | select(.gone) | .id] | join(", ")),
  ({ halt: 1, cmd: ([$writes | to_entries[] | .key as $n | .value | { "w\($n)": ("crm.\($entity).update?id=\(.id)&params[REGISTER_SONET_EVENT]=N"
    + ([.fields | to_entries[] | "&fields[\(.key)]=\(.value | text | @uri)"] | join(""))) }] | add // {}) } | tojson)'

look_undo() {
  local was= one
  what=fail detail= left= writes=
  for one in ${step_ids//,/ }; do
    if [ -e "$journal/before/$step_entity-$one.json" ]; then was+=",\"$one\":$(cat "$journal/before/$step_entity-$one.json")"; fi
  done
  if ! read_cards; then detail="карточки не читаются: $error"; return; fi
  lines=$(printf '%s\n%s\n%s\n' "$answer" "$1" "{${was#,}}" | jq -rs --argjson main_wins "$main_wins" --arg entity "$step_entity" "$undo_program") || lines=
  if [ -n "$lines" ]; then { IFS= read -r what && IFS= read -r detail && IFS= read -r left && IFS= read -r writes; } <<<"$lines" || true; fi
  what=${what:-fail}
}

undo_merge() {
  local step=$1 id=$2 tries=0
  if [ ! -e "$journal/before/$step_entity-${step_ids%%,*}.json" ]; then return; fi
  while :; do
    look_undo "$step"
    if [ "$what" != write ] || [ "$apply" = 0 ] || [ "$tries" -ge 3 ]; then break; fi
    tries=$((tries + 1))
    ask write POST "$webhook/batch" "$writes" || true
  done
  if [ -n "$left" ]; then echo "$id: объединение не отменяется, карточек $left больше нет; их прежний вид: $journal/before"; fi
  case "$what" in
    same) if [ "$tries" -gt 0 ]; then done_step "$id-поля" "отменено" "$step_ids"; fi ;;
    write) if [ "$apply" = 0 ]; then done_step "$id-поля" "будет отменено" "поля карточек $detail"; else fail_step "$id" "поля карточек $detail не записываются: $error"; fi ;;
    *) fail_step "$id" "${detail:-карточки не читаются}" ;;
  esac
}

# read_item → $item и $names: ответы портала о записи и о кодах статусов и их названиях (null, если кодов у поля нет). Код 1:
# прочитать нельзя; $missing = 1, если записи нет.
item=
names=
described=
read_item() {
  local category list
  ask read POST "$webhook/crm.item.get" "{\"entityTypeId\":$step_type,\"id\":$step_ids,\"useOriginalUfNames\":\"Y\"}" || return 1
  item=$answer
  case "$step_field" in
    stageId)
      category=$(jq -r '.result.item.categoryId // 0 | tostring | select(test("^[0-9]+$")) // "0"' <<<"$item" 2>/dev/null) ||
        { error="ответ портала не разобрать"; return 1; }
      list="DYNAMIC_${step_type}_STAGE_$category"
      if [ "$step_type" = 2 ]; then
        list=DEAL_STAGE
        if [ "$category" != 0 ]; then list+=_$category; fi
      fi
      described=
      ask read POST "$webhook/crm.status.list" "{\"filter\":{\"ENTITY_ID\":\"$list\"}}" || { missing=0; return 1; }
      names=$answer
      ;;
    UF_CRM_*)
      # Что за поле, одно и то же у всех записей.
      if [ "$described" = "$step_type $step_field" ]; then return; fi
      described=
      ask read POST "$webhook/crm.item.fields" "{\"entityTypeId\":$step_type,\"useOriginalUfNames\":\"Y\"}" || { missing=0; return 1; }
      names=$answer
      described="$step_type $step_field"
      ;;
    *) described= names=null ;;
  esac
}

# Печатает: что делать (write, same, skip, fail), подробность, тело запроса, прежний вид. В выгрузке стоит код статуса или его
# название.
field_program=$cards_program'
(.[0].result.item | map_or_none) as $item | .[2] as $step
| ([.[1] | objects | .result | if $step.field == "stageId" then .[]? | {key: (.STATUS_ID | tostring), value: .NAME}
    else .fields[$step.field].items[]? | {key: (.ID | tostring), value: .VALUE} end] | from_entries) as $names
| "поле \($step.field) записи \($step.id)" as $what
| def trim: text | gsub("^\\s+|\\s+$"; "");
  ($item[$step.field] | if type == "array" then (if length == 1 then .[0] else "" end) else . end | trim) as $now
| def stands($text): $now == ($text | trim) or (($names | has($now)) and ($names[$now] | trim) == ($text | trim));
  def code($text): if ($names | length) == 0 or ($names | has($text | trim)) then $text | trim
    else [$names | to_entries[] | select((.value | trim) == ($text | trim)) | .key] | if length == 1 then .[0] else null end end;
  def body($code): {entityTypeId: ($step_type | tonumber), id: ($step.id | tonumber), useOriginalUfNames: "Y", fields: {($step.field): $code}} | tojson;
  (if $item == {} then "fail", "запись \($step.id) не читается: ответ портала не разобрать", ""
  elif ($item.isMyCompany // "N") == "Y" then "skip", "своя компания портала", ""
  elif stands($step.value) then "same", "\($what) уже исправлено", ""
  elif stands($step.expected) | not then "skip", "\($what) изменилось после выгрузки", ""
  elif code($step.value) == null then "skip", "в портале нет единственного статуса с таким названием", ""
  else "write", $what, body(code($step.value)) end), ($item | tojson)'

look_field() { # шаг-JSON → $what, $detail, $body, $item
  what=fail body=
  if ! read_item; then
    if [ "$missing" = 1 ]; then what=skip detail="записи $step_ids нет"; else detail="запись $step_ids не читается: $error"; fi
    return
  fi
  detail="ответ портала не разобрать"
  lines=$(printf '%s\n%s\n%s\n' "$item" "$names" "$1" | jq -rs --arg step_type "$step_type" "$field_program" 2>/dev/null) || lines=
  if [ -n "$lines" ]; then { IFS= read -r what && IFS= read -r detail && IFS= read -r body && IFS= read -r item; } <<<"$lines" || true; fi
  what=${what:-fail}
}

# write_field ШАГ-JSON ШАГ СОСТОЯНИЕ ПРОБА: пишет поле; удалось ли, показывает новый просмотр, что бы ни ответил портал.
write_field() {
  local lost=
  if [ "$apply" = 0 ]; then done_step "$2" "$4" "$detail"; return; fi
  # У каждого поля свой прежний вид: одно мог исправить этот сценарий раньше.
  save_before "item-$step_type-$step_ids-$step_field" "$item"
  if [ "$undo" = 0 ]; then note "$2" "начато" "$detail"; fi
  ask write POST "$webhook/crm.item.update" "$body" || lost=$error
  look_field "$1"
  if [ "$what" = same ]; then done_step "$2" "$3" "поле $step_field записи $step_ids"
  else fail_step "$2" "${lost:-система приняла поле, но не изменила}; запустите сценарий ещё раз"; fi
}

field_step() {
  local step=$1 id=$2
  if is_done "$id"; then return; fi
  look_field "$step"
  case "$what" in
    write) write_field "$step" "$id" "готово" "будет исправлено" ;;
    # Что исправил человек, отмена не тронет.
    same) if is_started "$id"; then done_step "$id" "готово" "$detail"; else skip_step "$id" "$detail"; fi ;;
    skip) skip_step "$id" "$detail" ;;
    *) fail_step "$id" "$detail" ;;
  esac
}

undo_field() {
  local step=$1 id=$2 picture
  if ! is_done "$id" && ! is_started "$id"; then return; fi
  picture="$journal/before/item-$step_type-$step_ids-$step_field.json"
  if [ ! -e "$picture" ]; then skip_step "$id" "прежний вид записи $step_ids не сохранён"; return; fi
  step=$(printf '%s\n' "$step" | cat - "$picture" | jq -sc '.[0] as $step | .[1][$step.field] as $was
    | $step + {expected: $step.value, value: ($was | if type == "array" then .[0] else . end | if . == null or . == false then "" else . end)}')
  look_field "$step"
  case "$what" in
    write) write_field "$step" "$id" "отменено" "будет отменено" ;;
    same) note "$id" "отменено" "прежнее значение уже стоит" ;;
    skip) skip_step "$id" "$detail" ;;
    *) fail_step "$id" "$detail" ;;
  esac
}

# Слова о шаге: что делать, номер, тип записей, их номера и поле.
step_facts='
def facts: [(if has("keep") then "merge" elif has("field") then "field" else "fix" end), (.step | word), (.entityTypeId | number),
  ([.keep // .id] + (.drop // []) | map(number) | join(",")),
  (.field // "stageId" | if test("^(stageId|title|lastName|name|secondName|originId|UF_CRM_[A-Z0-9_]+)$") then . else error("field") end)];
'
take() {
  IFS='|' read -r step_action step_id step_type step_ids step_field <<<"$facts"
  step_entity=contact
  if [ "$step_type" = 4 ]; then step_entity=company; fi
}
do_step() { "${step_action}_step" "$1" "$step_id"; }
undo_step() { "undo_$step_action" "$1" "$step_id"; }

run_plans
finish
