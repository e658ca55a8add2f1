#!/usr/bin/env bash
# Сценарий очистки Bitrix24, создан программой sverka.
#
# Запуск
#   export BITRIX24_WEBHOOK='https://ПОРТАЛ.bitrix24.ru/rest/ПОЛЬЗОВАТЕЛЬ/КОД'   (права: crm)
#   ./bitrix24.sh            пробный запуск: читает портал, ничего не меняет, показывает, что будет сделано
#   ./bitrix24.sh --apply    выполняет
#
# Перед каждым шагом записи читаются заново: изменившееся после выгрузки пропускается. Прежний вид каждой записи
# сохраняется в папке журнала (before/). Прерванный запуск продолжается с того же места, повторный безопасен.
#
# Что нельзя вернуть: при объединении Bitrix24 удаляет лишние карточки; по сохранённому виду их можно создать заново,
# но с новыми номерами. Если поля карточек противоречат, портал отвечает CONFLICT и ничего не меняет: такие группы
# выводятся ссылкой, их объединяет человек.
#
# Нужны bash, curl и jq. Адрес вебхука — секрет: он берётся только из переменной окружения и никуда не пишется.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
plan="$here/bitrix24-plan.json"
journal="$here/bitrix24-journal"
apply=0
# Облако допускает 2 запроса в секунду (документация Bitrix24 REST, ноябрь 2026).
pause=${BITRIX24_PAUSE:-0.5}
max_tries=8

while [ $# -gt 0 ]; do
  case "$1" in
    --apply) apply=1 ;;
    --plan | --journal)
      [ $# -ge 2 ] || { echo "Нет значения у $1" >&2; exit 2; }
      if [ "$1" = --plan ]; then plan=$2; else journal=$2; fi
      shift
      ;;
    -h | --help) sed -n '2,18p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "Неизвестный параметр: $1" >&2; exit 2 ;;
  esac
  shift
done

for tool in curl jq; do
  command -v "$tool" >/dev/null || { echo "Нужна программа $tool" >&2; exit 2; }
done
[ -n "${BITRIX24_WEBHOOK:-}" ] || { echo "Задайте BITRIX24_WEBHOOK" >&2; exit 2; }
webhook=${BITRIX24_WEBHOOK%/}
# Дочерним программам секрет в окружении не нужен.
export -n BITRIX24_WEBHOOK
pattern='^https?://[^][:space:]"\\@/]+(/[^][:space:]"\\@/]+)*/rest/[0-9]+/[A-Za-z0-9]+$'
[[ $webhook =~ $pattern ]] || { echo "BITRIX24_WEBHOOK не похож на адрес вебхука: https://ПОРТАЛ/rest/ПОЛЬЗОВАТЕЛЬ/КОД" >&2; exit 2; }
[ -r "$plan" ] || { echo "Нет файла плана: $plan" >&2; exit 2; }

jq -e '(.fixes | type) == "array" and (.merges | type) == "array"' "$plan" >/dev/null 2>&1 ||
  { echo "План не читается: $plan" >&2; exit 2; }
snapshot=$(jq -r .snapshot "$plan")

umask 077
log="$journal/journal.jsonl"
if [ "$apply" = 1 ]; then
  mkdir -p "$journal/before"
  # Строка, оборванная на полуслове, не должна склеиться со следующей.
  if [ -s "$log" ] && [ -n "$(tail -c 1 "$log")" ]; then echo >>"$log"; fi
fi
done_count=0
skipped=0
conflicts=0
failed=0

note() { # шаг, состояние, подробность
  local detail=${3:-}
  # Текст ошибки пишет портал: секрета в нем быть не должно, но и проверить недолго.
  detail=${detail//"$webhook"/***}
  detail=${detail//"${webhook##*/}"/***}
  printf '%s: %s%s\n' "$1" "$2" "${detail:+ ($detail)}"
  if [ "$apply" = 1 ]; then
    jq -nc --arg plan "$snapshot" --arg step "$1" --arg status "$2" --arg detail "$detail" --arg time "$(date -u +%FT%TZ)" \
      '{plan: $plan, step: $step, status: $status, detail: $detail, time: $time}' >>"$log"
  fi
}

# Шаги этого снимка с таким состоянием, по одному в строке. Оборванная последняя строка журнала не мешает.
steps_with() {
  if [ ! -e "$log" ]; then return; fi
  jq -Rr --arg plan "$snapshot" --arg status "$1" \
    'fromjson? | select(type == "object" and .plan == $plan and .status == $status) | .step' <"$log"
}
has_status() { case $'\n'"$1"$'\n' in *$'\n'"$2"$'\n'*) return 0 ;; *) return 1 ;; esac }
done_steps=$(steps_with готово)
started_steps=$(steps_with начато)

# call МЕТОД JSON → ответ в $answer. Код 1: ответа нет или в нём ошибка; текст ошибки в $error; $missing=1, если портал
# ясно ответил, что записи нет.
# Повторяются отказы, при которых портал ничего не сделал: 503 QUERY_LIMIT_EXCEEDED и 429 OPERATION_TIME_LIMIT.
# Потерянный ответ повторяется только для чтения.
error=
answer=
missing=0
call() {
  local method=$1 body=$2 try=1 status reading=0
  missing=0
  case "$method" in *.get | *.list) reading=1 ;; esac
  while :; do
    sleep "$pause"
    # Адрес и тело идут через потоки, чтобы ни секрета, ни данных не было в списке процессов.
    if answer=$(printf 'url = "%s/%s"\n' "$webhook" "$method" |
      curl --silent --max-time 90 --config - --header 'Content-Type: application/json' \
        --data-binary @/dev/fd/4 --write-out '\n%{http_code}' 4<<<"$body" 2>/dev/null); then
      status=${answer##*$'\n'}
      answer=${answer%$'\n'*}
      # Пустой ответ и страница ошибки вместо JSON — не успех.
      error=$(jq -r 'if type != "object" then "ответ не JSON"
        elif has("error") then ((.error | tostring) + " " + (.error_description // "" | tostring))
        elif has("result") then "" else "в ответе нет result" end' <<<"$answer" 2>/dev/null) || error="ответ не JSON, код $status"
      if [ -z "$error" ] && { [ -z "$answer" ] || [ "$status" != 200 ]; }; then error="ответ с кодом $status"; fi
      case "$error" in
        "") return 0 ;;
        *QUERY_LIMIT_EXCEEDED* | *OPERATION_TIME_LIMIT*) ;;
        *)
          case "$status:$error" in 4??:*[Nn]"ot found"* | 4??:*NOT_FOUND*) missing=1 ;; esac
          # 5xx без ответа портала: для чтения можно повторить.
          if ! { [ "$reading" = 1 ] && [ "${status:0:1}" = 5 ]; }; then return 1; fi
          ;;
      esac
    else
      error="нет ответа"
      [ "$reading" = 1 ] || return 1
    fi
    if [ "$try" -ge "$max_tries" ]; then return 1; fi
    case "$error" in
      *OPERATION_TIME_LIMIT*) sleep "$(jq -n --argjson p "$pause" '$p * 120')" ;;
      *) sleep "$(jq -n --argjson p "$pause" --argjson t "$try" '$p * $t * 2')" ;;
    esac
    try=$((try + 1))
  done
}

entity_name() { if [ "$1" = 4 ]; then echo company; else echo contact; fi; }

# read_record ТИП НОМЕР → запись с реквизитами в $record. Код 1, если прочитать нельзя; $missing=1, если записи нет.
record=
read_record() {
  local main
  call "crm.$(entity_name "$1").get" "$(jq -nc --arg id "$2" '{id: $id}')" || return 1
  main=$(jq -c '.result' <<<"$answer")
  case "$main" in "{"*) ;; *) error="записи нет"; missing=1; return 1 ;; esac
  call crm.requisite.list "$(jq -nc --argjson type "$1" --arg id "$2" \
    '{filter: {ENTITY_TYPE_ID: $type, ENTITY_ID: $id}, select: ["*"]}')" || return 1
  if [ "$(jq 'has("next")' <<<"$answer")" = true ]; then error="реквизитов больше 50"; return 1; fi
  record=$(printf '%s\n%s\n' "$main" "$(jq -c '.result // []' <<<"$answer")" | jq -sc '{record: .[0], requisites: .[1]}')
}

save_before() { # тип, номер
  local file
  file="$journal/before/$(entity_name "$1")-$2.json"
  if [ ! -e "$file" ]; then
    printf '%s\n' "$record" >"$file.part"
    mv "$file.part" "$file"
  fi
}

# Знаки номера, как их читает sverka: похожие буквы заменены, прочее и ведущие нули убраны.
significant='def significant: tostring | ascii_upcase | gsub("[ОоO]"; "0") | gsub("[Зз]"; "3") | gsub("[ІіIL]"; "1")
  | gsub("[^0-9A-Z]"; "") | sub("^0+"; "");'

# check_card ЗАПИСЬ: сравнивает $record с выгрузкой. Печатает {why, inn, kpp}; why пусто, если всё как было.
# null в плане: в выгрузке такого поля не было, и сравнить не с чем.
check_card() {
  printf '%s\n%s\n' "$record" "$step_json" | jq -sc --arg id "$1" "$significant"'
    .[0] as $live | .[1] as $step | $step.cards[$id] as $card
    | [($card.inn // [])[] | significant] as $accepted
    | def live(name): [$live.requisites[]? | .[name] // "" | significant | select(. != "")] | unique;
      live("RQ_INN") as $raw
    | ($raw | map(. as $x | if ($accepted | index($x)) != null then $accepted[-1] else $x end) | unique) as $inn
    | live("RQ_KPP") as $kpp
    | {
        inn: $inn, kpp: $kpp, kpp_known: ($card.kpp != null),
        why: (
          if ($live.record.IS_MY_COMPANY // "N") == "Y" then "своя компания портала"
          elif $card == null then "записи нет в плане"
          elif $card.inn != null and $accepted[-1] == "" and ($inn | length) > 0 then "ИНН изменился после выгрузки"
          elif $card.inn != null and $accepted[-1] != "" and ($inn | index($accepted[-1])) == null then "ИНН изменился после выгрузки"
          elif $card.kpp != null and (($card.kpp | significant) as $k
            | if $k == "" then ($kpp | length) > 0 else ($kpp | index($k)) == null end) then "КПП изменился после выгрузки"
          else "" end)
      }'
}

merge_step() {
  local step_json=$1 id type keep ids one facts why all='[]' started=0 gone=0 left=0 lost portal
  id=$(jq -r .step <<<"$step_json")
  if has_status "$done_steps" "$id"; then return; fi
  if has_status "$started_steps" "$id"; then started=1; fi
  type=$(jq -r .entityTypeId <<<"$step_json")
  keep=$(jq -r .keep <<<"$step_json")
  ids=$(jq -r '[.keep] + .drop | join(",")' <<<"$step_json")
  portal=${webhook%%/rest/*}
  for one in ${ids//,/ }; do
    if ! read_record "$type" "$one"; then
      if [ "$missing" = 1 ] && [ "$started" = 1 ] && [ "$one" != "$keep" ]; then
        gone=$((gone + 1))
        continue
      fi
      if [ "$missing" = 1 ]; then
        skipped=$((skipped + 1))
        note "$id" "пропущено" "записи $one нет"
      else
        failed=$((failed + 1))
        note "$id" "ошибка" "запись $one не читается: $error"
      fi
      return
    fi
    if [ "$one" != "$keep" ]; then left=$((left + 1)); fi
    # Основная карточка уже начатого шага могла принять реквизиты лишних; её сверит второй проход.
    if [ "$apply" = 1 ]; then save_before "$type" "$one"; fi
    facts=$(check_card "$one")
    why=$(jq -r .why <<<"$facts")
    if [ -n "$why" ] && ! { [ "$started" = 1 ] && [ "$one" = "$keep" ]; }; then
      skipped=$((skipped + 1))
      note "$id" "пропущено" "запись $one: $why"
      return
    fi
    all=$(printf '%s\n%s\n' "$all" "$facts" | jq -sc '.[0] + [.[1]]')
  done
  if [ "$gone" -gt 0 ] && [ "$left" = 0 ]; then
    done_count=$((done_count + 1))
    note "$id" "готово" "объединено до прерывания"
    return
  fi
  if [ "$gone" -gt 0 ]; then
    failed=$((failed + 1))
    note "$id" "ошибка" "часть карточек $ids уже удалена, проверьте вручную"
    return
  fi
  why=$(jq -r 'if ([.[].why | select(. != "")] | length) > 0 then "основная карточка изменилась после выгрузки"
    elif ([.[].inn[]] | unique | length) > 1 then "разные ИНН"
    elif any(.[]; .kpp_known | not) and ([.[].kpp[]] | unique | length) > 1 then "разные КПП, а в выгрузке КПП не было"
    else "" end' <<<"$all")
  if [ -n "$why" ]; then
    skipped=$((skipped + 1))
    note "$id" "пропущено" "карточки $ids: $why"
    return
  fi
  if [ "$apply" = 0 ]; then
    done_count=$((done_count + 1))
    note "$id" "будет объединено" "останется $keep, вольются ${ids#*,}"
    return
  fi
  note "$id" "начато" "$ids"
  if ! call crm.entity.mergeBatch "$(jq -c '{params: {entityTypeId: .entityTypeId, entityIds: ([.keep] + .drop | map(tonumber))}}' <<<"$step_json")"; then
    # Ответ мог потеряться после того, как портал выполнил запрос: спросить, остались ли карточки. «Не читается» —
    # не то же, что «нет»: тогда исход неизвестен, и его выяснит повторный запуск.
    lost=$error
    for one in ${ids//,/ }; do
      if read_record "$type" "$one"; then
        if [ "$one" != "$keep" ]; then left=0; fi
      elif [ "$missing" = 0 ] || [ "$one" = "$keep" ]; then
        left=0
      fi
    done
    if [ "$left" -gt 0 ]; then
      done_count=$((done_count + 1))
      note "$id" "готово" "ответ был потерян, карточки объединены"
    else
      failed=$((failed + 1))
      note "$id" "ошибка" "$lost; запустите сценарий еще раз"
    fi
    return
  fi
  case "$(jq -r '.result | if type == "object" then .STATUS // "?" else "?" end' <<<"$answer")" in
    SUCCESS)
      done_count=$((done_count + 1))
      note "$id" "готово" "осталась $keep"
      ;;
    CONFLICT)
      conflicts=$((conflicts + 1))
      note "$id" "конфликт" "объедините вручную: $portal/crm/$(entity_name "$type")/merge/?id=$ids"
      ;;
    *)
      failed=$((failed + 1))
      note "$id" "ошибка" "неожиданный ответ портала"
      ;;
  esac
}

# requisite_with ПОЛЕ → номер единственного реквизита, где стоит ИНН из этого поля плана; пусто, если он не один.
requisite_with() {
  printf '%s\n%s\n' "$record" "$step_json" | jq -sr --arg key "$1" '
    def trim: tostring | gsub("^\\s+|\\s+$"; "");
    .[1][$key] as $text | [.[0].requisites[] | select((.RQ_INN // "" | trim) == ($text | trim)) | .ID]
    | if length == 1 then .[0] | tostring else "" end'
}

fix_step() {
  local step_json=$1 id type owner requisite lost
  id=$(jq -r .step <<<"$step_json")
  if has_status "$done_steps" "$id"; then return; fi
  type=$(jq -r .entityTypeId <<<"$step_json")
  owner=$(jq -r .id <<<"$step_json")
  if ! read_record "$type" "$owner"; then
    if [ "$missing" = 1 ]; then skipped=$((skipped + 1)); note "$id" "пропущено" "записи $owner нет"
    else failed=$((failed + 1)); note "$id" "ошибка" "запись $owner не читается: $error"; fi
    return
  fi
  requisite=$(requisite_with expected)
  if [ -z "$requisite" ]; then
    skipped=$((skipped + 1))
    if [ -n "$(requisite_with value)" ]; then note "$id" "пропущено" "ИНН записи $owner уже исправлен"
    else note "$id" "пропущено" "у записи $owner нет единственного реквизита с прежним ИНН"; fi
    return
  fi
  if [ "$apply" = 0 ]; then
    done_count=$((done_count + 1))
    note "$id" "будет исправлено" "ИНН записи $owner"
    return
  fi
  save_before "$type" "$owner"
  if call crm.requisite.update "$(jq -c --arg id "$requisite" '{id: $id, fields: {RQ_INN: .value}}' <<<"$step_json")"; then
    done_count=$((done_count + 1))
    note "$id" "готово" "ИНН записи $owner"
    return
  fi
  lost=$error
  if read_record "$type" "$owner" && [ "$(requisite_with value)" = "$requisite" ]; then
    done_count=$((done_count + 1))
    note "$id" "готово" "ответ был потерян, ИНН записи $owner исправлен"
  else
    failed=$((failed + 1))
    note "$id" "ошибка" "$lost; запустите сценарий еще раз"
  fi
}

while IFS= read -r step <&3; do fix_step "$step"; done 3< <(jq -c '.fixes[]' "$plan")
while IFS= read -r step <&3; do merge_step "$step"; done 3< <(jq -c '.merges[]' "$plan")

if [ "$apply" = 1 ]; then mode="выполнено"; else mode="пробный запуск, ничего не изменено; для выполнения добавьте --apply"; fi
echo "Итог ($mode): готово $done_count, пропущено $skipped, конфликтов $conflicts, ошибок $failed"
[ "$failed" = 0 ]
