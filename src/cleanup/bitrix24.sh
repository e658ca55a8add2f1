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
    --plan) plan=$2; shift ;;
    --journal) journal=$2; shift ;;
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
[ -r "$plan" ] || { echo "Нет файла плана: $plan" >&2; exit 2; }

umask 077
mkdir -p "$journal/before"
log="$journal/journal.jsonl"
touch "$log"
done_count=0
skipped=0
conflicts=0
failed=0

note() { # шаг, состояние, подробность
  printf '%s: %s%s\n' "$1" "$2" "${3:+ ($3)}"
  if [ "$apply" = 1 ]; then
    jq -nc --arg step "$1" --arg status "$2" --arg detail "${3:-}" --arg time "$(date -u +%FT%TZ)" \
      '{step: $step, status: $status, detail: $detail, time: $time}' >>"$log"
  fi
}

is_done() {
  jq -e --arg step "$1" 'select(.step == $step and .status == "готово")' "$log" >/dev/null 2>&1
}

# call МЕТОД JSON → ответ. Код 1: ответа нет или в нём ошибка; текст ошибки в $error.
# Повторяются отказы, при которых портал ничего не сделал: 503 QUERY_LIMIT_EXCEEDED и 429 OPERATION_TIME_LIMIT.
# Потерянный ответ повторяется только для чтения.
error=
answer=
call() {
  local method=$1 body=$2 try=1 status reading=0
  case "$method" in *.get | *.list) reading=1 ;; esac
  while :; do
    sleep "$pause"
    # Адрес идёт через стандартный ввод, чтобы секрета не было в списке процессов.
    if answer=$(printf 'url = "%s/%s"\n' "$webhook" "$method" |
      curl --silent --show-error --max-time 90 --config - --header 'Content-Type: application/json' \
        --data-binary "$body" --write-out '\n%{http_code}' 2>/dev/null); then
      status=${answer##*$'\n'}
      answer=${answer%$'\n'*}
      error=$(jq -r 'if type == "object" and has("error") then ((.error | tostring) + " " + (.error_description // "")) else "" end' \
        <<<"$answer" 2>/dev/null || echo "ответ не JSON, код $status")
      case "$error" in
        *QUERY_LIMIT_EXCEEDED* | *OPERATION_TIME_LIMIT*) ;;
        "") return 0 ;;
        *)
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

# read_record ТИП НОМЕР → запись с реквизитами в $record; код 1, если записи нет.
record=
read_record() {
  local name main
  name=$(entity_name "$1")
  call "crm.$name.get" "$(jq -nc --arg id "$2" '{id: $id}')" || return 1
  main=$(jq -c '.result' <<<"$answer")
  [ "$main" != null ] && [ "$main" != "[]" ] && [ "$main" != false ] || { error="записи нет"; return 1; }
  call crm.requisite.list "$(jq -nc --argjson type "$1" --arg id "$2" \
    '{filter: {ENTITY_TYPE_ID: $type, ENTITY_ID: $id}, select: ["*"]}')" || return 1
  record=$(jq -nc --argjson main "$main" --argjson requisites "$(jq -c '.result // []' <<<"$answer")" \
    '{record: $main, requisites: $requisites}')
}

save_before() { # тип, номер
  local file
  file="$journal/before/$(entity_name "$1")-$2.json"
  [ -e "$file" ] || printf '%s\n' "$record" >"$file"
}

# Цифры без ведущих нулей: так ИНН из таблицы и ИНН с портала сравнимы.
significant='def significant: tostring | gsub("[ОO]"; "0") | gsub("З"; "3") | gsub("[^0-9]"; "") | sub("^0+"; "");'

inns() { jq -c "$significant"' [.requisites[]?.RQ_INN // "" | significant | select(. != "")] | unique' <<<"$record"; }

merge_step() {
  local step=$1 id type keep ids expected found all='[]' live portal
  id=$(jq -r .step <<<"$step")
  if is_done "$id"; then return; fi
  type=$(jq -r .entityTypeId <<<"$step")
  keep=$(jq -r .keep <<<"$step")
  ids=$(jq -r '[.keep] + .drop | join(",")' <<<"$step")
  portal=${webhook%%/rest/*}
  for one in ${ids//,/ }; do
    if ! read_record "$type" "$one"; then
      skipped=$((skipped + 1))
      note "$id" "пропущено" "запись $one: $error"
      return
    fi
    if [ "$apply" = 1 ]; then save_before "$type" "$one"; fi
    live=$(inns)
    expected=$(jq -r --arg one "$one" "$significant"' .inn[$one] // "" | significant' <<<"$step")
    found=$(jq -r --arg e "$expected" 'if $e == "" then length == 0 else index($e) != null end' <<<"$live")
    if [ "$found" != true ]; then
      skipped=$((skipped + 1))
      note "$id" "пропущено" "ИНН записи $one изменился после выгрузки"
      return
    fi
    all=$(jq -nc --argjson a "$all" --argjson b "$live" '$a + $b | unique')
  done
  if [ "$(jq length <<<"$all")" -gt 1 ]; then
    skipped=$((skipped + 1))
    note "$id" "пропущено" "у карточек $ids разные ИНН"
    return
  fi
  if [ "$apply" = 0 ]; then
    done_count=$((done_count + 1))
    note "$id" "будет объединено" "останется $keep, вольются ${ids#*,}"
    return
  fi
  if ! call crm.entity.mergeBatch "$(jq -c '{params: {entityTypeId: .entityTypeId, entityIds: ([.keep] + .drop | map(tonumber))}}' <<<"$step")"; then
    # Ответ мог потеряться после того, как портал выполнил запрос: спросить, остались ли карточки.
    local lost=$error gone=1
    for one in $(jq -r '.drop[]' <<<"$step"); do
      if read_record "$type" "$one"; then gone=0; fi
    done
    if [ "$gone" = 1 ]; then
      done_count=$((done_count + 1))
      note "$id" "готово" "ответ был потерян, карточки объединены"
    else
      failed=$((failed + 1))
      note "$id" "ошибка" "$lost"
    fi
    return
  fi
  case "$(jq -r '.result.STATUS // "?"' <<<"$answer")" in
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

fix_step() {
  local step=$1 id type owner requisite
  id=$(jq -r .step <<<"$step")
  if is_done "$id"; then return; fi
  type=$(jq -r .entityTypeId <<<"$step")
  owner=$(jq -r .id <<<"$step")
  if ! read_record "$type" "$owner"; then
    skipped=$((skipped + 1))
    note "$id" "пропущено" "запись $owner: $error"
    return
  fi
  requisite=$(jq -r --argjson step "$step" '[.requisites[] | select(.RQ_INN == $step.expected) | .ID] | if length == 1 then .[0] else "" end' <<<"$record")
  if [ -z "$requisite" ]; then
    skipped=$((skipped + 1))
    note "$id" "пропущено" "у записи $owner нет единственного реквизита с прежним ИНН"
    return
  fi
  if [ "$apply" = 0 ]; then
    done_count=$((done_count + 1))
    note "$id" "будет исправлено" "ИНН записи $owner"
    return
  fi
  save_before "$type" "$owner"
  if call crm.requisite.update "$(jq -nc --arg id "$requisite" --argjson step "$step" '{id: $id, fields: {RQ_INN: $step.value}}')"; then
    done_count=$((done_count + 1))
    note "$id" "готово" "ИНН записи $owner"
  else
    failed=$((failed + 1))
    note "$id" "ошибка" "$error"
  fi
}

while IFS= read -r step <&3; do fix_step "$step"; done 3< <(jq -c '.fixes[]' "$plan")
while IFS= read -r step <&3; do merge_step "$step"; done 3< <(jq -c '.merges[]' "$plan")

if [ "$apply" = 1 ]; then mode="выполнено"; else mode="пробный запуск, ничего не изменено; для выполнения добавьте --apply"; fi
echo "Итог ($mode): готово $done_count, пропущено $skipped, конфликтов $conflicts, ошибок $failed"
[ "$failed" = 0 ]
