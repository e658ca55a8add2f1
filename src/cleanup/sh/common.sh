# Тексты — байты: знаков больше одного байта здесь никто не считает, а разбор их дорог.
LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=$(basename "${BASH_SOURCE[0]}")
journal="$here/$dialect-journal"
plans=()
apply=0
undo=0
max_tries=8

usage() { sed -n '2,/^[^#]/{/^#/p;}' "${BASH_SOURCE[0]}"; }
refuse() { echo "$1" >&2; exit 2; }

while [ $# -gt 0 ]; do
  case "$1" in
    --apply) apply=1 ;;
    --undo) undo=1 ;;
    --plan | --journal)
      [ $# -ge 2 ] || refuse "Нет значения у $1"
      if [ "$1" = --plan ]; then plans+=("$2"); else journal=$2; fi
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *)
      taken=0
      own_option "$@"
      [ "$taken" -gt 0 ] || refuse "Неизвестный параметр: $1"
      shift $((taken - 1))
      ;;
  esac
  shift
done

for tool in curl jq; do
  command -v "$tool" >/dev/null || refuse "Нужна программа $tool"
done
# Больше планов, чем один, бывает у больших баз: они выполняются по порядку.
if [ ${#plans[@]} = 0 ]; then
  for one in "$here/$dialect-plan"*.json; do if [ -e "$one" ]; then plans+=("$one"); fi; done
  [ ${#plans[@]} -gt 0 ] || refuse "Нет файла плана: $here/$dialect-plan.json"
fi

umask 077
log="$journal/journal.jsonl"
claim_journal() {
  local owner
  mkdir -p "$journal/before"
  # Два сценария с одним журналом мешали бы друг другу. Замок убитого сценария не мешает: его процесса уже нет.
  while ! (set -o noclobber && echo $$ >"$journal/lock") 2>/dev/null; do
    owner=$(cat "$journal/lock" 2>/dev/null || true)
    if [ -n "$owner" ] && kill -0 "$owner" 2>/dev/null; then refuse "Журнал занят другим запуском (процесс $owner): $journal"; fi
    rm -f "$journal/lock"
  done
  trap 'rm -f "$journal/lock"' EXIT
  # Строка, оборванная на полуслове, не должна склеиться со следующей.
  if [ -s "$log" ] && [ -n "$(tail -c 1 "$log")" ]; then echo >>"$log"; fi
}
if [ "$apply" = 1 ]; then claim_journal; fi

done_count=0
skipped=0
conflicts=0
failed=0

# Текст без управляющих знаков, кавычек и секретов: в журнал идут только номера и коды.
clean() {
  local text=${1//[[:cntrl:]]/ }
  text=${text//\\/ }
  text=${text//\"/ }
  for one in ${secrets[@]+"${secrets[@]}"}; do text=${text//"$one"/***}; done
  cleaned=$text
}

# Слово журнала: одно и то же на всех языках.
state() {
  case "$1" in
    "готово") state=done ;;
    "начато") state=started ;;
    "отменено") state=undone ;;
    "пропущено") state=skipped ;;
    "ошибка") state=failed ;;
    "конфликт") state=conflict ;;
    *) state=note ;;
  esac
}

note() { # шаг, состояние, подробность
  clean "${3:-}"
  printf '%s: %s%s\n' "$1" "$2" "${cleaned:+ ($cleaned)}"
  if [ "$apply" = 1 ]; then
    state "$2"
    printf '{"plan":"%s","step":"%s","status":"%s","detail":"%s","time":"%s"}\n' \
      "$snapshot" "$1" "$state" "$cleaned" "$(date -u +%FT%TZ)" >>"$log"
  fi
}
done_step() { done_count=$((done_count + 1)); note "$@"; }
skip_step() { skipped=$((skipped + 1)); note "$1" "пропущено" "$2"; }
fail_step() { failed=$((failed + 1)); note "$1" "ошибка" "$2"; }
conflict_step() { conflicts=$((conflicts + 1)); note "$1" "конфликт" "$2"; }

# Шаги этого снимка по журналу: сделанные (и не отмененные позже) и начатые. Оборванная строка журнала не мешает.
done_steps=
started_steps=
read_journal() {
  local kind step
  done_steps=$'\n'
  started_steps=$'\n'
  if [ ! -e "$log" ]; then return; fi
  while read -r kind step; do
    if [ "$kind" = done ]; then done_steps+="$step"$'\n'; else started_steps+="$step"$'\n'; fi
  done < <(jq -Rrn --arg plan "$snapshot" '
    reduce (inputs | fromjson? | select(type == "object" and .plan == $plan)) as $l ({};
      .[$l.step] |= (. // {} | .done = (if $l.status == "done" then true elif $l.status == "undone" then false else .done end)
        | .started = (if $l.status == "started" then true elif $l.status == "undone" then false else .started end)))
    | to_entries[] | (select(.value.done) | "done \(.key)"), (select(.value.started) | "started \(.key)")' <"$log")
}
is_done() { case "$done_steps" in *$'\n'"$1"$'\n'*) return 0 ;; *) return 1 ;; esac }
is_started() { case "$started_steps" in *$'\n'"$1"$'\n'*) return 0 ;; *) return 1 ;; esac }

# Прежний вид записи; сохраняется один раз, до первого изменения.
save_before() { # имя, JSON
  if [ "$apply" = 1 ] && [ ! -e "$journal/before/$1.json" ]; then
    printf '%s\n' "$2" >"$journal/before/$1.json.part"
    mv "$journal/before/$1.json.part" "$journal/before/$1.json"
  fi
}

# send СПОСОБ АДРЕС [ТЕЛО] → $answer и $status. Код 1: ответа не было. Адрес, заголовки и тело идут через потоки, чтобы
# ни секрета, ни данных не было в списке процессов.
answer=
status=
headers=()
send() {
  local out
  sleep "$pause"
  out=$({
    printf 'url = "%s"\nrequest = "%s"\ngloboff\n' "$2" "$1"
    for one in ${headers[@]+"${headers[@]}"}; do printf 'header = "%s"\n' "$one"; done
  } | curl --silent --max-time 90 --config - ${3+--data-binary @/dev/fd/4} --write-out '\n%{http_code}' \
    4< <(printf '%s' "${3-}") 2>/dev/null) || return 1
  status=${out##*$'\n'}
  answer=${out%$'\n'*}
}

# ask read|write СПОСОБ АДРЕС [ТЕЛО]: send с повторами. Код 1: не вышло, код ошибки в $error, а $missing = 1, если
# система ясно ответила, что записи нет. Повторяется отказ, при котором система ничего не сделала ($verdict = refused);
# неясный исход (нет ответа, 5xx) повторяется только при чтении.
error=
missing=0
verdict=
wait=
ask() {
  local kind=$1 try=1
  shift
  while :; do
    missing=0
    wait=
    if send "$@"; then judge; else verdict=unclear; error="нет ответа"; fi
    case "$verdict" in
      ok) error=; return 0 ;;
      refused) ;;
      unclear) [ "$kind" = read ] || return 1 ;;
      *) return 1 ;;
    esac
    if [ "$try" -ge "$max_tries" ]; then return 1; fi
    sleep "$(LC_ALL=C awk -v p="$pause" -v t="$try" -v w="${wait:-0}" 'BEGIN { d = p * t * 2; if (w * p * 2 > d) d = w * p * 2; print d }')"
    try=$((try + 1))
  done
}

finish() {
  local mode
  if [ "$undo" = 1 ]; then mode="отмена"; else mode="выполнение"; fi
  if [ "$apply" = 0 ]; then mode="пробный запуск, ничего не изменено; для выполнения добавьте --apply"; fi
  echo "Итог ($mode): готово $done_count, пропущено $skipped, конфликтов $conflicts, ошибок $failed"
  [ "$failed" = 0 ]
}

# jq читает план целиком и один раз: его запуск стоит дороже самого шага. Печатает номер выгрузки, затем о каждом шаге строку
# слов (facts сценария) через «|» и сам шаг. Если хотя бы у одного шага не те номера, не выполняется ни один.
bad_step="План не читается: шаг без номеров"
plan_program='
def number: tostring | if test("^[0-9]+$") then . else error("number") end;
def word: gsub("[^0-9A-Za-z-]"; "");
def one_of($allowed): if . as $word | any($allowed[]; . == $word) then . else error("word") end;
'
plan_lines='
(if (.steps | type) == "array" and (.snapshot | type) == "string" then . else error("plan") end)
| (if $undo == 1 then .steps | reverse else .steps end) as $steps
| (try [$steps[] | facts | join("|")] catch []) as $facts
| if ($facts | length) != ($steps | length) then "step"
  else "plan \(.snapshot | gsub("[^0-9a-z]"; ""))", (range($steps | length) | $facts[.], $steps[.]), "end" end'

# Выполняет шаги всех планов: take разбирает слова о шаге ($facts), do_step и undo_step получают строку JSON.
run_plans() {
  local plan step
  for plan in "${plans[@]}"; do
    [ -r "$plan" ] || refuse "Нет файла плана: $plan"
    {
      facts=
      IFS= read -r facts <&3 || true
      case "$facts" in
        "plan "*) snapshot=${facts#plan } ;;
        step) refuse "$bad_step" ;;
        *) refuse "План не читается: $plan" ;;
      esac
      read_journal
      while IFS= read -r facts <&3 && [ "$facts" != end ]; do
        IFS= read -r step <&3 || break
        take
        if [ "$undo" = 1 ]; then undo_step "$step"; else do_step "$step"; fi
      done
      [ "$facts" = end ] || refuse "План не читается: $plan"
    } 3<<<"$(jq -rc --argjson undo "$undo" "$plan_program$step_facts$plan_lines" "$plan" 2>/dev/null || true)"
  done
}
