#!/usr/bin/env bash
# Сценарий исправления справочников 1С через OData, создан программой sverka.
#
# Запуск
#   export ONEC_ODATA_URL='https://СЕРВЕР/БАЗА/odata/standard.odata' ONEC_ODATA_USER='Имя' ONEC_ODATA_PASSWORD='Пароль'
#   ./1c-odata.sh                  пробный запуск: читает базу, ничего не меняет, показывает, что будет сделано
#   ./1c-odata.sh --approved       то же, вместе с исправлениями названий и ИНН: их согласует бухгалтер
#   ./1c-odata.sh --mark           то же, вместе с пометкой дублей на удаление
#   … --apply                      выполняет показанное
#   ./1c-odata.sh --undo           показывает, что можно вернуть;  --undo --apply возвращает
#   --plan ФАЙЛ, --journal ПАПКА   другой план, другая папка журнала
#
# Что делает. Исправляет названия, испорченные кодировкой, раскладкой, похожими буквами или невидимыми знаками, и ИНН, в
# которых не те знаки (если это подтверждают контрольные цифры), и помечает дубли на удаление. Пишет только PATCH с If-Match: если запись тем временем изменили, база отвечает 412, и ничего не меняется.
# Никогда не удаляет и не пишет в режиме загрузки.
#
# Ссылки на дубли OData не заменяет. Сначала замените их модулем 1c-*.bsl (или вручную), и только потом помечайте дубли.
#
# Перед каждым шагом запись читается заново: изменившееся после выгрузки пропускается. Прежний вид каждой записи
# сохраняется в папке журнала (before/). Прерванный запуск продолжается с того же места, повторный безопасен.
#
# --undo возвращает прежние названия и ИНН и снимает пометку, если запись с тех пор не меняли. Нельзя вернуть то, что база сделала
# сама при записи: историю изменений и регистрацию для обменов.
#
# Нужны bash, curl и jq. Имя и пароль берутся только из переменных окружения и никуда не пишутся. В журнале только
# идентификаторы записей и коды ошибок, значений реквизитов нет; они есть в before/.
set -euo pipefail

dialect=1c-odata
pause=${ONEC_ODATA_PAUSE:-0.2}
allowed=
own_option() {
  case "$1" in --approved) allowed+=" fix"; taken=1 ;; --mark) allowed+=" mark"; taken=1 ;; esac
}
# {общее}

for one in ONEC_ODATA_URL ONEC_ODATA_USER ONEC_ODATA_PASSWORD; do [ -n "${!one:-}" ] || refuse "Задайте $one"; done
base=${ONEC_ODATA_URL%/}
pattern='^https?://[^][:space:]"\\@?#]+/odata/standard\.odata$'
[[ $base =~ $pattern ]] || refuse "ONEC_ODATA_URL не похож на адрес: https://СЕРВЕР/БАЗА/odata/standard.odata"
token=$(printf '%s:%s' "$ONEC_ODATA_USER" "$ONEC_ODATA_PASSWORD" | base64 | tr -d '\r\n')
secrets=("$ONEC_ODATA_PASSWORD" "$token")
# Дочерним программам секрет в окружении не нужен.
export -n ONEC_ODATA_PASSWORD ONEC_ODATA_USER
common_headers=("Authorization: Basic $token" "Accept: application/json;odata=nometadata" "Content-Type: application/json")

judge() {
  case "$status" in
    2??) verdict=ok; error= ;;
    404) verdict=failed; missing=1; error="404" ;;
    412) verdict=failed; error="412: запись изменили во время работы сценария" ;;
    429) verdict=refused; error="429" ;;
    5??) verdict=unclear; error="ответ с кодом $status" ;;
    *) verdict=failed; error="ответ с кодом $status" ;;
  esac
}

# Печатает: что делать (write, same, skip), подробность, версию данных, тело запроса, прежний вид. Знаки ИНН и КПП
# читаются, как их читает sverka: похожие буквы заменены, прочее и ведущие нули убраны.
look_program='
def text: if . == null then "" else tostring end;
def fold: text | gsub("\\s+"; " ") | ltrimstr(" ") | rtrimstr(" ");
def significant: text | ascii_upcase | gsub("[ОоO]"; "0") | gsub("[Зз]"; "3") | gsub("[ІіIL]"; "1") | gsub("[^0-9A-Z]"; "") | sub("^0+"; "");
def trim: text | gsub("^\\s+|\\s+$"; "");
def like($field): if $field == "ИНН" or $field == "КПП" then significant else fold end;
.[0] as $live | .[1] as $step
| ([$step.set | to_entries[] | select(.key as $f | .value as $v | ($live[$f] | trim) != ($v | trim))] | length == 0) as $same
| ([$step.exact | to_entries[] | select(.key as $f | .value as $v | ($live[$f] | trim) != ($v | trim)) | .key][0]
  // [$step.expect | to_entries[] | select(.key as $f | [.value[] | like($f)] | index($live[$f] | like($f)) == null) | .key][0]) as $changed
| (if ($live | type) != "object" or ($live.DataVersion | type) != "string" then ["fail", "ответ базы не разобрать"]
  elif ($live.IsFolder // false) == true then ["skip", "запись \($step.id): группы не меняются"]
  elif ($live.Predefined // false) == true then ["skip", "запись \($step.id): предопределенные записи не меняются"]
  elif $same then ["same", "запись \($step.id)"]
  elif $changed != null then ["skip", "запись \($step.id): поле \($changed) изменилось после выгрузки"]
  else ["write", "запись \($step.id)"] end) as $verdict
| $verdict[0], $verdict[1], ($live.DataVersion // "" | text | gsub("[^A-Za-z0-9+/=]"; "")), ($step.set | tojson), ($live | tojson)'

read_one() { # путь справочника, идентификатор
  headers=("${common_headers[@]}")
  ask read GET "$base/$1(guid'$2')?\$format=json"
}

look() { # шаг-JSON
  what=fail detail="ответ базы не разобрать" version= body= picture=
  if ! read_one "$step_path" "$step_record"; then
    if [ "$missing" = 1 ]; then what=skip detail="записи $step_record нет"; else detail="запись $step_record не читается: $error"; fi
    return
  fi
  lines=$(printf '%s\n%s\n' "$answer" "$1" | jq -rs "$look_program" 2>/dev/null) || lines=
  if [ -n "$lines" ]; then { IFS= read -r what && IFS= read -r detail && IFS= read -r version && IFS= read -r body && IFS= read -r picture; } <<<"$lines" || true; fi
  what=${what:-fail}
}

# Основная запись группы должна быть на месте и не помечена на удаление.
keep_stands() { # идентификатор
  read_one "$step_path" "$1" && jq -e '.DeletionMark == false and (.IsFolder // false) == false' <<<"$answer" >/dev/null 2>&1
}

# write_step ШАГ-JSON СОСТОЯНИЕ ПРОБА
write_step() {
  local lost
  if [ "$apply" = 0 ]; then done_step "$step_id" "$3" "$detail"; return; fi
  save_before "$step_record" "$picture"
  if [ "$undo" = 0 ]; then note "$step_id" "начато" "запись $step_record"; fi
  headers=("${common_headers[@]}" "If-Match: $version")
  if ask write PATCH "$base/$step_path(guid'$step_record')?\$format=json" "$body"; then
    done_step "$step_id" "$2" "запись $step_record"
    return
  fi
  lost=$error
  # Ответ мог потеряться после того, как база выполнила запрос.
  look "$1"
  if [ "$what" = same ]; then done_step "$step_id" "$2" "ответ был потерян, запись $step_record изменена"
  else fail_step "$step_id" "$lost; запустите сценарий ещё раз"; fi
}

do_step() {
  if is_done "$step_id"; then return; fi
  case "$allowed " in *" $step_kind "*) ;; *) skip_step "$step_id" "ждёт согласования: $needs"; return ;; esac
  look "$1"
  if [ "$what" = write ] && [ -n "$step_keep" ] && ! keep_stands "$step_keep"; then
    skip_step "$step_id" "основной записи $step_keep нет или она помечена на удаление"
    return
  fi
  case "$what" in
    write) write_step "$1" "готово" "будет изменено" ;;
    # Что уже стояло до сценария, он и не вернёт.
    same) if is_started "$step_id"; then done_step "$step_id" "готово" "$detail: изменена до прерывания"; else skip_step "$step_id" "$detail: уже так"; fi ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

undo_step() {
  local step
  if ! is_done "$step_id"; then return; fi
  step=$(jq -c '{id, set: .undo, exact: .set, expect: {}}' <<<"$1")
  look "$step"
  case "$what" in
    write) write_step "$step" "отменено" "будет отменено" ;;
    same) note "$step_id" "отменено" "$detail: уже так" ;;
    skip) skip_step "$step_id" "$detail" ;;
    *) fail_step "$step_id" "$detail" ;;
  esac
}

# Слова о шаге: номер, вид, путь справочника, идентификаторы записи и основной записи группы.
bad_step="План не читается: шаг без идентификаторов"
step_facts='
def guid: if test("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$") then . else error("guid") end;
def facts: [(.step | word), (.kind | gsub("[^a-z]"; "")), (.path | gsub("[^A-Za-z0-9_%]"; "")), (.id | guid),
  (if .keep == null then "" else .keep | guid end)];
'
take() {
  IFS='|' read -r step_id step_kind step_path step_record step_keep <<<"$facts"
  if [ "$step_kind" = mark ]; then needs="--mark"; else needs="--approved"; fi
}

run_plans
finish
