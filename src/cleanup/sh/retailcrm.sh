#!/usr/bin/env bash
# Сценарий объединения клиентов RetailCRM, создан программой sverka.
#
# Запуск
#   export RETAILCRM_URL='https://МАГАЗИН.retailcrm.ru' RETAILCRM_API_KEY='КЛЮЧ'   (права: клиенты, чтение и изменение)
#   ./retailcrm.sh                 пробный запуск: читает систему, ничего не меняет, показывает, что будет сделано
#   ./retailcrm.sh --apply         выполняет
#   ./retailcrm.sh --undo          показывает, какие ИНН можно вернуть;  --undo --apply возвращает
#   --plan ФАЙЛ, --journal ПАПКА   другой план, другая папка журнала
#
# Что делает. Исправляет ИНН, в которых не те знаки (если это подтверждают контрольные цифры): реквизиты отправляются
# целиком, как прочитаны, с одним изменённым полем, и после записи сверяются. Объединяет клиентов (customers/combine) и корпоративных клиентов (customers-corporate/combine): основная
# карточка остаётся, лишние исчезают, их заказы переходят к ней.
#
# Перед каждым шагом карточки читаются заново: изменившееся после выгрузки пропускается. Прежний вид каждой карточки
# сохраняется в папке журнала (before/). Прерванный запуск продолжается с того же места, повторный безопасен.
#
# Что нельзя вернуть: объединение. Отмены у RetailCRM нет; по сохранённому виду лишние карточки можно создать заново, но с
# новыми номерами и без заказов. --undo возвращает только исправленные ИНН, если с тех пор их не меняли.
#
# Нужны bash, curl и jq. Ключ — секрет: он берётся только из переменной окружения, передаётся заголовком и никуда не
# пишется. В журнале только номера карточек и коды ошибок, значений полей нет; они есть в before/.
set -euo pipefail

dialect=retailcrm
# Система допускает 10 запросов в секунду (документация API v5, ноябрь 2026).
pause=${RETAILCRM_PAUSE:-0.15}
own_option() { :; }
# {общее}

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
      # Обычный ответ узнаётся без разбора: запуск jq стоит дороже самого запроса.
      case "$answer" in '{"success":true'[,}]*) verdict=ok; error=; return ;; esac
      if [ "$(jq -r '(.success | tostring)' <<<"$answer" 2>/dev/null)" = true ]; then verdict=ok; error=; else verdict=failed; error="success не true"; fi
      ;;
    404) verdict=failed; missing=1; error="404" ;;
    429) verdict=refused; error="429" ;;
    503) if grep -qi limit <<<"$answer"; then verdict=refused; else verdict=unclear; fi; error="503" ;;
    5??) verdict=unclear; error="ответ с кодом $status" ;;
    *) verdict=failed; error="ответ с кодом $status" ;;
  esac
}

# read_card СПИСОК НОМЕР → $card: ответы о карточке и, у корпоративного клиента, о его юрлицах, как их читает live. Код 1:
# прочитать нельзя.
card=
read_card() {
  local main
  ask read GET "$base/api/v5/$1/$2?by=id" || return 1
  main=$answer
  answer=null
  if [ "$1" = customers-corporate ]; then ask read GET "$base/api/v5/$1/$2/companies?by=id&limit=100" || return 1; fi
  card="[$main,$answer]"
}

live_program='
def text: if . == null then "" else tostring end;
def live: {card: (.[0] | .customer // .customerCorporate | objects), companies: (.[1].companies // [])};
'

# Печатает причину пропуска или пустую строку, ИНН через пробел, прежний вид. Имена сравниваются с выгрузкой, ИНН — по знакам.
check_program=$live_program'
def fold: text | gsub("\\s+"; " ") | ltrimstr(" ") | rtrimstr(" ");
def significant: text | ascii_upcase | gsub("[ОоO]"; "0") | gsub("[Зз]"; "3") | gsub("[ІіIL]"; "1") | gsub("[^0-9A-Z]"; "") | sub("^0+"; "");
(.[0] | live) as $live | .[1].cards[$id] as $was
| ([$live.card.contragent?, $live.companies[]?.contragent?] | map(objects | .INN | significant | select(. != "")) | unique) as $inn
| ([$was.inn[]? | significant]) as $accepted
| (if $was == null then "карточки нет в плане"
  elif $started and $id == .[1].keep then ""
  elif $was.inn != null and $accepted[0] == "" and ($inn | length) > 0 then "ИНН изменился после выгрузки"
  elif $was.inn != null and $accepted[0] != "" and ([$inn[] | select(. as $x | $accepted | index($x) != null)] | length) == 0 then "ИНН изменился после выгрузки"
  else ([$was.texts | to_entries[] | select(.key as $f | .value as $v | ($live.card[$f] | fold) != ($v | fold)) | .key][0]
    | if . == null then "" else "поле \(.) изменилось после выгрузки" end) end),
  ($inn | map(if . as $x | $accepted | index($x) != null then $accepted[-1] else . end) | unique | join(" ")), ($live | tojson)'

# В каком списке карточка, видно по ответу: номера в выгрузке могли быть из любого. → $list и $card, пустой $list: её нет.
find_card() { # номер, списки…
  local id=$1 one
  shift
  list=
  for one in "$@"; do
    if read_card "$one" "$id"; then list=$one; return; fi
    if [ "$missing" = 0 ]; then return 1; fi
  done
}

# Владелец реквизитов: сама карточка или её единственное юрлицо с таким ИНН. Печатает: что делать (write, same, skip),
# подробность, путь, тело формы, реквизиты, какими они должны стать, и прежний вид.
fix_program=$live_program'
def fold: text | gsub("^\\s+|\\s+$"; "");
(.[0] | live) as $live | .[1] as $step
| [({path: "\($list)/\($step.id)/edit", name: "customer", owner: $live.card} | select($list == "customers")),
   ($live.companies[]? | {path: "customers-corporate/\($step.id)/companies/\(.id)/edit", name: "company", owner: .})] as $owners
| def holding($text): [$owners[] | select((.owner.contragent | type) == "object" and (.owner.contragent.INN | fold) == ($text | fold))];
  holding($step.expected) as $old | holding($step.value) as $new
| (if ($old | length) == 1 then ($old[0].owner.contragent + {INN: $step.value}) as $becomes
    | "write", "ИНН карточки \($step.id)", $old[0].path, "by=id&entityBy=id&\($old[0].name)=\({contragent: $becomes} | tojson | @uri)"
        + ($live.card.site | text | if . == "" then "" else "&site=\(@uri)" end), ($becomes | tojson)
  elif ($old | length) == 0 and ($new | length) == 1 then
    "same", "ИНН карточки \($step.id) уже исправлен", $new[0].path, "", ($new[0].owner.contragent | tojson)
  else "skip", "у карточки \($step.id) нет единственного реквизита с прежним ИНН", "", "", "" end), ($live | tojson)'

look_fix() { # шаг-JSON НОМЕР СПИСКИ → $what, $detail, $path, $form, $becomes, $card
  what=fail detail="ответ системы не разобрать" path= form= becomes=
  if ! find_card "$2" $3; then detail="карточка $2 не читается: $error"; return; fi
  if [ -z "$list" ]; then what=skip detail="карточки $2 нет"; return; fi
  lines=$(printf '%s\n%s\n' "$card" "$1" | jq -rs --arg list "$list" "$fix_program" 2>/dev/null) || lines=
  if [ -n "$lines" ]; then { IFS= read -r what && IFS= read -r detail && IFS= read -r path && IFS= read -r form && IFS= read -r becomes && IFS= read -r card; } <<<"$lines" || true; fi
  what=${what:-fail}
}

# write_inn ШАГ-JSON ШАГ НОМЕР СПИСКИ СОСТОЯНИЕ ПРОБА
write_inn() {
  local wanted=$becomes lost=
  if [ "$apply" = 0 ]; then done_step "$2" "$6" "$detail"; return; fi
  save_before "$list-$3" "$card"
  if [ "$undo" = 0 ]; then note "$2" "начато" "$3"; fi
  ask write POST "$base/api/v5/$path" "$form" || lost=$error
  look_fix "$1" "$3" "$4"
  if [ "$what" != same ]; then fail_step "$2" "${lost:-система приняла ИНН, но не изменила}; запустите сценарий ещё раз"
  elif [ "$wanted" != "$becomes" ] && ! printf '%s\n%s\n' "$wanted" "$becomes" | jq -es '.[0] == .[1]' >/dev/null; then
    fail_step "$2" "вместе с ИНН карточки $3 изменились другие реквизиты: сверьте их с $journal/before"
  else done_step "$2" "$5" "ИНН карточки $3"; fi
}

fix_step() { # шаг-JSON ШАГ НОМЕР СПИСКИ
  look_fix "$1" "$3" "$4"
  case "$what" in
    write) write_inn "$@" "готово" "будет исправлено" ;;
    # Что исправил человек, отмена не тронет.
    same) if is_started "$2"; then done_step "$2" "готово" "$detail"; else skip_step "$2" "$detail"; fi ;;
    skip) skip_step "$2" "$detail" ;;
    *) fail_step "$2" "$detail" ;;
  esac
}

undo_step() {
  local step
  if [ "$step_kind" = merge ]; then undo_merge; return; fi
  if ! is_done "$step_id"; then return; fi
  step=$(jq -c '{id, expected: .value, value: .expected}' <<<"$1")
  look_fix "$step" "$step_keep" "$step_lists"
  case "$what" in
    write) write_inn "$step" "$step_id" "$step_keep" "$step_lists" "отменено" "будет отменено" ;;
    same) note "$step_id" "отменено" "прежний ИНН уже стоит" ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

undo_merge() {
  if is_done "$step_id"; then skip_step "$step_id" "объединение отменить нельзя; прежний вид карточек: $journal/before"; fi
}

do_step() {
  local step=$1 id=$step_id keep=$step_keep drop=$step_drop list one why inn picture all_inn= left= gone=0 started=false lost
  if is_done "$id"; then return; fi
  if [ "$step_kind" = fix ]; then fix_step "$step" "$id" "$keep" "$step_lists"; return; fi
  if is_started "$id"; then started=true; fi
  if ! find_card "$keep" $step_lists; then fail_step "$id" "карточка $keep не читается: $error"; return; fi
  if [ -z "$list" ]; then skip_step "$id" "карточки $keep нет"; return; fi
  for one in $keep $drop; do
    if [ "$one" != "$keep" ] && ! read_card "$list" "$one"; then
      if [ "$missing" = 0 ]; then fail_step "$id" "карточка $one не читается: $error"; return; fi
      if [ "$started" = false ]; then skip_step "$id" "карточки $one нет"; return; fi
      gone=$((gone + 1))
      continue
    fi
    why=ошибка inn= picture=
    lines=$(printf '%s\n%s\n' "$card" "$step" | jq -rs --arg id "$one" --argjson started "$started" "$check_program" 2>/dev/null) || lines=
    if [ -n "$lines" ]; then { IFS= read -r why && IFS= read -r inn && IFS= read -r picture; } <<<"$lines" || true; fi
    if [ "$why" = ошибка ]; then fail_step "$id" "ответ системы не разобрать"; return; fi
    save_before "$list-$one" "$picture"
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

# Слова о шаге: вид (исправление ИНН или объединение), номер, основная карточка, лишние и списки.
step_facts='
def facts: [(if has("id") then "fix" else "merge" end), (.step | word), (.id // .keep | number), ((.drop // []) | map(number) | join(" ")),
  (.lists | map(one_of(["customers", "customers-corporate"])) | join(" "))];
'
take() { IFS='|' read -r step_kind step_id step_keep step_drop step_lists <<<"$facts"; }

run_plans
finish
