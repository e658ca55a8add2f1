#!/usr/bin/env bash
# Сценарий объединения клиентов RetailCRM, создан программой sverka.
#
# Запуск
#   export RETAILCRM_URL='https://МАГАЗИН.retailcrm.ru' RETAILCRM_API_KEY='КЛЮЧ'   (права: клиенты, чтение и изменение)
#   ./retailcrm.sh                 пробный запуск: читает систему, ничего не меняет, показывает, что будет сделано
#   ./retailcrm.sh --apply         выполняет
#   --plan ФАЙЛ, --journal ПАПКА   другой план, другая папка журнала
#
# Что делает. Объединяет клиентов (customers/combine) и корпоративных клиентов (customers-corporate/combine): основная
# карточка остаётся, лишние исчезают, их заказы переходят к ней.
#
# Перед каждым шагом карточки читаются заново: изменившееся после выгрузки пропускается. Прежний вид каждой карточки
# сохраняется в папке журнала (before/). Прерванный запуск продолжается с того же места, повторный безопасен.
#
# Что нельзя вернуть: объединение. Отмены у RetailCRM нет; по сохранённому виду лишние карточки можно создать заново, но с
# новыми номерами и без заказов. ИНН и другие поля этот сценарий не исправляет, см. manual.csv.
#
# Нужны bash, curl и jq. Ключ — секрет: он берётся только из переменной окружения, передаётся заголовком и никуда не
# пишется. В журнале только номера карточек и коды ошибок, значений полей нет; они есть в before/.
set -euo pipefail

dialect=retailcrm
# Система допускает 10 запросов в секунду (документация API v5, ноябрь 2026).
pause=${RETAILCRM_PAUSE:-0.15}
own_option() { :; }
# {общее}

[ "$undo" = 0 ] || refuse "Объединение клиентов RetailCRM отменить нельзя. Прежний вид карточек: $journal/before"
for one in RETAILCRM_URL RETAILCRM_API_KEY; do [ -n "${!one:-}" ] || refuse "Задайте $one"; done
base=${RETAILCRM_URL%/}
[[ $base =~ ^https?://[^][:space:]/\"\\@?#]+$ ]] || refuse "RETAILCRM_URL не похож на адрес: https://МАГАЗИН.retailcrm.ru"
[[ $RETAILCRM_API_KEY =~ ^[A-Za-z0-9]+$ ]] || refuse "RETAILCRM_API_KEY не похож на ключ"
secrets=("$RETAILCRM_API_KEY")
headers=("X-API-KEY: $RETAILCRM_API_KEY" "Content-Type: application/x-www-form-urlencoded")
# Дочерним программам секрет в окружении не нужен.
export -n RETAILCRM_API_KEY

judge() {
  case "$status" in
    2??)
      if [ "$(jq -r '(.success | tostring)' <<<"$answer" 2>/dev/null)" = true ]; then verdict=ok; error=; else verdict=failed; error="success не true"; fi
      ;;
    404) verdict=failed; missing=1; error="404" ;;
    429) verdict=refused; error="429" ;;
    503) if grep -qi limit <<<"$answer"; then verdict=refused; else verdict=unclear; fi; error="503" ;;
    5??) verdict=unclear; error="ответ с кодом $status" ;;
    *) verdict=failed; error="ответ с кодом $status" ;;
  esac
}

# read_card СПИСОК НОМЕР → $card: карточка и, у корпоративного клиента, его юрлица. Код 1: прочитать нельзя.
card=
read_card() {
  local main
  ask read GET "$base/api/v5/$1/$2?by=id" || return 1
  main=$(jq -c '.customer // .customerCorporate // null' <<<"$answer")
  case "$main" in "{"*) ;; *) error="в ответе нет карточки"; return 1 ;; esac
  if [ "$1" = customers-corporate ]; then
    ask read GET "$base/api/v5/$1/$2/companies?by=id&limit=100" || return 1
    card=$(printf '%s\n%s\n' "$main" "$answer" | jq -sc '{card: .[0], companies: (.[1].companies // [])}')
  else
    card="{\"card\":$main,\"companies\":[]}"
  fi
}

# Печатает причину пропуска или пустую строку, затем ИНН через пробел. Имена сравниваются с выгрузкой, ИНН — по знакам.
check_program='
def text: if . == null then "" else tostring end;
def fold: text | gsub("\\s+"; " ") | ltrimstr(" ") | rtrimstr(" ");
def significant: text | ascii_upcase | gsub("[ОоO]"; "0") | gsub("[Зз]"; "3") | gsub("[ІіIL]"; "1") | gsub("[^0-9A-Z]"; "") | sub("^0+"; "");
.[0] as $live | .[1].cards[$id] as $was
| ([$live.card.contragent?, $live.companies[]?.contragent?] | map(objects | .INN | significant | select(. != "")) | unique) as $inn
| ([$was.inn[]? | significant]) as $accepted
| (if $was == null then "карточки нет в плане"
  elif $started and $id == .[1].keep then ""
  elif $was.inn != null and $accepted[0] == "" and ($inn | length) > 0 then "ИНН изменился после выгрузки"
  elif $was.inn != null and $accepted[0] != "" and ([$inn[] | select(. as $x | $accepted | index($x) != null)] | length) == 0 then "ИНН изменился после выгрузки"
  else ([$was.texts | to_entries[] | select(.key as $f | .value as $v | ($live.card[$f] | fold) != ($v | fold)) | .key][0]
    | if . == null then "" else "поле \(.) изменилось после выгрузки" end) end),
  ($inn | map(if . as $x | $accepted | index($x) != null then $accepted[-1] else . end) | unique | join(" "))'

do_step() {
  local step=$1 id keep drop lists list one why inn all_inn= left= gone=0 started=false lost
  { IFS= read -r id && IFS= read -r keep && IFS= read -r drop && IFS= read -r lists; } < <(jq -r '
    def number: tostring | select(test("^[0-9]+$"));
    (.step | gsub("[^0-9A-Za-z-]"; "")), (.keep | number), (.drop | map(number) | join(" ")),
    (.lists | map(select(test("^customers(-corporate)?$"))) | join(" "))' <<<"$step") || refuse "План не читается: шаг без номеров"
  if is_done "$id"; then return; fi
  if is_started "$id"; then started=true; fi
  # В каком списке карточки, видно по основной: номера в выгрузке могли быть из любого.
  list=
  for one in $lists; do
    if read_card "$one" "$keep"; then list=$one; break; fi
    if [ "$missing" = 0 ]; then fail_step "$id" "карточка $keep не читается: $error"; return; fi
  done
  if [ -z "$list" ]; then skip_step "$id" "карточки $keep нет"; return; fi
  for one in $keep $drop; do
    if [ "$one" != "$keep" ] && ! read_card "$list" "$one"; then
      if [ "$missing" = 0 ]; then fail_step "$id" "карточка $one не читается: $error"; return; fi
      if [ "$started" = false ]; then skip_step "$id" "карточки $one нет"; return; fi
      gone=$((gone + 1))
      continue
    fi
    save_before "$list-$one" "$card"
    why=ошибка inn=
    { IFS= read -r why && IFS= read -r inn; } < <(printf '%s\n%s\n' "$card" "$step" | jq -rs --arg id "$one" --argjson started "$started" "$check_program") || true
    if [ "$why" = ошибка ]; then fail_step "$id" "ответ системы не разобрать"; return; fi
    if [ -n "$why" ]; then skip_step "$id" "карточка $one: $why"; return; fi
    all_inn+=" $inn"
    if [ "$one" != "$keep" ]; then left+=" $one"; fi
  done
  left=${left# }
  if [ -z "$left" ]; then done_step "$id" "готово" "объединено до прерывания"; return; fi
  if [ "$(printf '%s\n' $all_inn | sort -u | grep -c .)" -gt 1 ]; then skip_step "$id" "разные ИНН"; return; fi
  if [ "$apply" = 0 ]; then done_step "$id" "будет объединено" "останется $keep, вольются ${left// /, }"; return; fi
  note "$id" "начато" "$keep ${left// /, }"
  # Номера — цифры, поэтому кодировать в форме нужно только знаки JSON.
  if ! ask write POST "$base/api/v5/$list/combine" \
    "customers=%5B$(printf '%%7B%%22id%%22%%3A%s%%7D%%2C' $left | sed 's/%2C$//')%5D&resultCustomer=%7B%22id%22%3A$keep%7D"; then
    lost=$error
    if all_gone; then done_step "$id" "готово" "ответ был потерян, карточки объединены"
    else fail_step "$id" "$lost; запустите сценарий ещё раз"; fi
    return
  fi
  if all_gone; then done_step "$id" "готово" "осталась $keep"
  else fail_step "$id" "система ответила успехом, а карточки остались; запустите сценарий ещё раз"; fi
}

# Лишних карточек ($left списка $list) больше нет; «не читается» — не то же, что «нет».
all_gone() {
  local one
  for one in $left; do
    if read_card "$list" "$one" || [ "$missing" = 0 ]; then return 1; fi
  done
}

run_plans
finish
