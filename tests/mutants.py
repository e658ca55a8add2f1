#!/usr/bin/env python3
"""Mutation testing: do the tests notice when the code is changed?

    tests/mutants.py src/normalize src/matching src/reconcile      300 mutants of these files
    tests/mutants.py --again src/…                                 the survivors of the last run, after new tests
    tests/mutants.py --list src/normalize/phone.rs                 what could be changed, without building

The mutants are those of cargo-mutants. That builds the crate once for each; here all of them are in one build of a copy
(target/mutants), and the variable SVERKA_MUTANT chooses one when a test runs: `a < b` becomes
`(if crate::mutant::is(7) { a > b } else { a < b })`. What the compiler refuses is left out. Each test runs once by
itself to learn its duration and which mutants it reaches; a mutant then meets only the tests that reach it, those of
its own module first, and is done with the first that fails or hangs. Unit tests take part, and those of tests/it whose
names begin with --it.

The choice depends on the seed and on the text of each place, not on its line, so that it survives edits elsewhere.
Writes target/mutants/report.txt. Needs the packages tree-sitter and tree-sitter-rust of PyPI.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

try:
    import tree_sitter
    import tree_sitter_rust
except ImportError:
    sys.exit("needed: pip install tree-sitter tree-sitter-rust")

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target/mutants"
CRATE = WORK / "crate"
BUILD = WORK / "build"
STATE = WORK / "state.json"
REPORT = WORK / "report.txt"
# In the state, of a mutant that does not compile.
REFUSED = ["refused", 0]

OPERATORS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">", "=="], ">": [">=", "<", "=="], "<=": ["<", ">"], ">=": [">", "<"],
    "&&": ["||"], "||": ["&&"], "+": ["-", "*"], "-": ["+", "/"], "*": ["+", "/"], "/": ["*", "%"], "%": ["/", "+"],
    "&": ["|", "^"], "|": ["&", "^"], "^": ["&", "|"], "<<": [">>"], ">>": ["<<"],
    "+=": ["-=", "*="], "-=": ["+=", "/="], "*=": ["+=", "/="], "/=": ["*=", "%="], "%=": ["/=", "+="],
    "&=": ["|=", "^="], "|=": ["&=", "^="], "^=": ["&=", "|="], "<<=": [">>="], ">>=": ["<<="],
}  # fmt: skip
# What is computed by the compiler cannot ask which mutant is chosen.
CONSTANT = {"const_item", "static_item", "macro_invocation", "macro_definition", "attribute_item", "const_block"}

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))

SWITCH = """//! Which of the mutants in this copy of the crate is on.
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

const UNREAD: usize = usize::MAX;
const WATCH: usize = usize::MAX - 1;
static CHOSEN: AtomicUsize = AtomicUsize::new(UNREAD);
static REACHED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

#[inline]
pub fn is(n: usize) -> bool {
    let chosen = CHOSEN.load(Relaxed);
    chosen == n || (chosen >= WATCH && ask(n))
}

/// `SVERKA_MUTANT` is a number, or a file in which to note the mutants that are reached.
#[cold]
fn ask(n: usize) -> bool {
    let Ok(value) = std::env::var("SVERKA_MUTANT") else {
        CHOSEN.store(0, Relaxed);
        return false;
    };
    if let Ok(chosen) = value.parse() {
        CHOSEN.store(chosen, Relaxed);
        return chosen == n;
    }
    CHOSEN.store(WATCH, Relaxed);
    if !REACHED[n].swap(true, Relaxed) {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(value);
        let _ = file.and_then(|mut file| file.write_all(format!("{n}\\n").as_bytes()));
    }
    false
}
"""


class Mutant:
    """A change of one place. `kind` says how it is written: instead of the bytes `start..end`, or as an insertion."""

    def __init__(self, kind, node, start, end, change, code):
        self.kind, self.start, self.end, self.change, self.code = kind, start, end, change, code
        self.line = node.start_point[0] + 1
        self.id = 0

    def name(self):
        return f"{self.file}:{self.line}: {self.change} in {self.function}"


def text(node):
    return node.text.decode()


def attributes(node):
    """Attributes before an item, as one text."""
    found, before = [], node.prev_named_sibling
    while before is not None and before.type in ("attribute_item", "line_comment", "block_comment"):
        if before.type == "attribute_item":
            found.append(text(before))
        before = before.prev_named_sibling
    return " ".join(found)


def is_test(node):
    return re.search(r"cfg\(test\)|\btest\]", attributes(node)) is not None


def split_arguments(inner):
    """`A, B<C, D>` at its outer commas."""
    parts, depth, begin = [], 0, 0
    for at, c in enumerate(inner):
        depth += (c in "<([") - (c in ">)]")
        if c == "," and depth == 0:
            parts.append(inner[begin:at])
            begin = at + 1
    return [p.strip() for p in [*parts, inner[begin:]] if p.strip()]


def values(kind):
    """Values of a type, given by its text, that a body may be replaced with."""
    if kind == "bool":
        return ["true", "false"]
    if kind in ("", "()"):
        return ["()"]
    if re.fullmatch(r"u(8|16|32|64|128|size)", kind):
        return ["0", "1"]
    if re.fullmatch(r"i(8|16|32|64|128|size)", kind):
        return ["0", "1", "-1"]
    if re.fullmatch(r"f(32|64)", kind):
        return ["0.0", "1.0", "-1.0"]
    if kind == "String":
        return ["String::new()", '"xyzzy".to_owned()']
    if re.fullmatch(r"&('\w+ )?str", kind):
        return ['""', '"xyzzy"']
    if re.fullmatch(r"&('\w+ )?\[.*\]", kind, re.S):
        return ["&[]"]
    if kind.startswith(("impl ", "dyn ", "&", "*", "!")):
        return []
    if kind.startswith("(") and kind.endswith(")"):
        found = [""]
        for part in split_arguments(kind[1:-1]):
            found = [f"{f}{v}, " for f in found for v in values(part)[:2]]
        return [f"({f})" for f in found[:4]]
    outer = re.fullmatch(r"([\w:]+)<(.*)>", kind, re.S)
    if outer:
        name, inner = outer[1].rsplit("::", 1)[-1], split_arguments(outer[2])
        inner = [i for i in inner if not i.startswith("'")]
        if name == "Option":
            return ["None", *(f"Some({v})" for v in values(inner[0]))]
        if name == "Result":
            return [f"Ok({v})" for v in values(inner[0])]
        if name == "Vec":
            return ["Vec::new()", *(f"vec![{v}]" for v in values(inner[0]))]
        if name == "Box":
            return [f"Box::new({v})" for v in values(inner[0])]
        if name == "Cow" and inner[0] == "str":
            return ['"".into()', '"xyzzy".into()']
    return ["Default::default()"]


def collect(file, source):
    """The mutants of a file, and the modules of it that are tests in files of their own."""
    found, tests = [], []

    def note(function, mutant):
        mutant.file, mutant.function = file, function
        found.append(mutant)

    def body(node, function):
        block = node.child_by_field_name("body")
        kind = node.child_by_field_name("return_type")
        kind = re.sub(r"\s+", " ", text(kind)) if kind else ""
        old = text(block).strip("{}").strip()
        for value in values(kind):
            if value != old and (old or value != "()") and not re.search(r"\bfn default\b", text(node)[:60]):
                at = block.start_byte + 1
                change = f"body → {value}" if kind else "body → nothing"
                note(function, Mutant("insert", node, at, at, change, f"{{ return {value}; }} "))

    def arms(node, function):
        block = [c for c in node.children if c.type == "match_arm"]
        last = block[-1].child_by_field_name("pattern") if block else None
        wild = last is not None and text(last) == "_"
        for arm in block:
            pattern = arm.child_by_field_name("pattern")
            guard = pattern.child_by_field_name("condition")
            if guard is not None:
                if guard.type not in ("let_chain", "let_condition"):
                    for value in ("true", "false"):
                        change = f"guard `{short(guard)}` → {value}"
                        note(function, Mutant("replace", guard, guard.start_byte, guard.end_byte, change, value))
            elif wild and arm is not block[-1]:
                change = f"arm `{short(pattern)}` deleted"
                note(function, Mutant("guard", arm, pattern.end_byte, pattern.end_byte, change, ""))

    def binary(node, function):
        operator = node.child_by_field_name("operator") or next(c for c in node.children if not c.is_named)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        for other in OPERATORS.get(text(operator), []):
            left_code = f"({text(left)})" if node.type == "binary_expression" else text(left)
            change = f"`{short(node)}`: {text(operator)} → {other}"
            code = f"{left_code} {other} ({text(right)})"
            note(function, Mutant("replace", node, node.start_byte, node.end_byte, change, code))

    def walk(node, function):
        if node.type in CONSTANT:
            return
        if node.type == "mod_item" and is_test(node):
            if node.child_by_field_name("body") is None:
                tests.append(text(node.child_by_field_name("name")))
            return
        if node.type == "function_item":
            modifiers = [c for c in node.children if c.type == "function_modifiers"]
            if is_test(node) or any("const" in text(m) for m in modifiers):
                return
            function = ".".join([*filter(None, [function]), text(node.child_by_field_name("name"))])
            body(node, function)
        elif node.type == "impl_item":
            if is_test(node):
                return
            function = text(node.child_by_field_name("type"))
        elif node.type == "match_block":
            arms(node, function)
        elif node.type in ("binary_expression", "compound_assignment_expr"):
            binary(node, function)
        elif node.type == "unary_expression" and node.children[0].type in "!-":
            inner = text(node.children[1])
            change = f"`{short(node)}`: {node.children[0].type} deleted"
            note(function, Mutant("replace", node, node.start_byte, node.end_byte, change, f"({inner})"))
        for at, child in enumerate(node.children):
            # Lengths of arrays are constants too.
            name = node.field_name_for_child(at)
            if node.type in ("array_type", "array_expression") and name in ("length", "element") and ";" in [
                c.type for c in node.children[:at]
            ]:
                continue
            if node.type == "array_type" or node.type == "type_arguments":
                continue
            walk(child, function)

    walk(PARSER.parse(source).root_node, "")
    return found, tests


def short(node):
    line = re.sub(r"\s+", " ", text(node))
    return line if len(line) <= 60 else line[:57] + "…"


def mutants_of(paths):
    """All mutants of files and folders, each with its key: what it is, but for its line."""
    files = []
    for path in paths:
        path = (ROOT / path).resolve()
        files += sorted(path.rglob("*.rs")) if path.is_dir() else [path]
    if not files or any(not f.is_file() or ROOT / "src" not in f.parents or ROOT / "src/cli" in f.parents for f in files):
        sys.exit("name files or folders of the library, below src/")
    found, tests = [], set()
    for file in dict.fromkeys(files):
        mutants, test_modules = collect(str(file.relative_to(ROOT)), file.read_bytes())
        found += mutants
        folder = file.parent if file.name in ("mod.rs", "lib.rs") else file.with_suffix("")
        tests |= {str((folder / f"{t}{tail}").relative_to(ROOT)) for t in test_modules for tail in (".rs", "/mod.rs")}
    found = [m for m in found if m.file not in tests]
    seen = collections.Counter()
    for mutant in found:
        key = f"{mutant.file}\n{mutant.function}\n{mutant.change}\n{mutant.code}"
        seen[key] += 1
        mutant.key = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()
    return found


def render(source, mutants):
    """The source with all these mutants in it, and where each of them lies in it: (start, end, id)."""
    out, spans = bytearray(), []
    at_place = collections.defaultdict(list)
    for mutant in mutants:
        at_place[mutant.start, mutant.end].append(mutant)
    # Outer places first; insertions before what begins at the same byte.
    places = sorted(at_place, key=lambda p: (p[0], p[0] != p[1], -p[1]))

    def write(start, end, inner):
        at = start
        while inner:
            (begin, close), rest = inner[0], inner[1:]
            nested = [p for p in rest if p[0] < close]
            inner = rest[len(nested) :]
            out.extend(source[at:begin])
            here = at_place[begin, close]
            first = len(out)
            if here[0].kind == "guard":
                out.extend(b" if " + b" && ".join(b"!crate::mutant::is(%d)" % m.id for m in here))
                spans.append((first, len(out), here[0].id))
            elif here[0].kind == "insert":
                for mutant in here:
                    before = len(out)
                    out.extend(f" if crate::mutant::is({mutant.id}) {mutant.code}".encode())
                    spans.append((before, len(out), mutant.id))
            else:
                out.extend(b"(")
                for mutant in here:
                    before = len(out)
                    out.extend(f"if crate::mutant::is({mutant.id}) {{ {mutant.code} }} else ".encode())
                    spans.append((before, len(out), mutant.id))
                out.extend(b"{ ")
                write(begin, close, nested)
                out.extend(b" })")
                # An error about the whole is put down to its first mutant, and to the next in the next round.
                spans.append((first, len(out), here[0].id))
            at = close
        out.extend(source[at:end])

    write(0, len(source), places)
    return bytes(out), spans


def put(path, content):
    """Writes only what differs, so that cargo sees what changed."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def copy_crate(mutated):
    """The tracked and new files of the project, but for those that are `mutated`."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    names = {n for n in listed.split("\0") if n and (ROOT / n).is_file()}
    for name in names - mutated:
        if name != "src/lib.rs":
            put(CRATE / name, (ROOT / name).read_bytes())
            shutil.copymode(ROOT / name, CRATE / name)
    put(CRATE / "src/lib.rs", (ROOT / "src/lib.rs").read_bytes() + b"\n#[doc(hidden)]\npub mod mutant;\n")
    for path in CRATE.rglob("*"):
        name = str(path.relative_to(CRATE))
        if path.is_file() and name not in names and name != "src/mutant.rs":
            path.unlink()


def seed_build():
    """Dependencies are those of the ordinary build, if there is one."""
    ours = shutil.ignore_patterns("*sverka*", "it-*", "incremental", "matching-*", "ingest-*", "end_to_end-*")

    def link(source, target):
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    debug = ROOT / "target/debug"
    if BUILD.exists() or not debug.exists():
        return
    for folder in ("deps", "build"):
        shutil.copytree(debug / folder, BUILD / "debug" / folder, copy_function=link, ignore=ours)
    shutil.copytree(debug / ".fingerprint", BUILD / "debug/.fingerprint", ignore=ours)


def cargo(*what):
    """Builds tests of the copy: binaries by name, and the errors of the compiler."""
    command = ["cargo", "test", "--locked", "--no-run", "--message-format=json", "--target-dir", str(BUILD), *what]
    run = subprocess.run(command, cwd=CRATE, capture_output=True, text=True)
    binaries, errors = {}, []
    for line in run.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("reason") == "compiler-artifact" and message.get("executable") and message["profile"]["test"]:
            binaries[message["target"]["name"]] = message["executable"]
        if message.get("reason") == "compiler-message" and message["message"]["level"].startswith("error"):
            errors.append(message["message"])
    if run.returncode and not errors:
        sys.exit(run.stderr[-3000:])
    return binaries, errors


def blamed(error, spans):
    """Mutants that an error lies in: the innermost at each of its primary places, else at any."""
    for primary in (True, False):
        found = set()
        for span in error["spans"]:
            if span["is_primary"] == primary:
                inside = [
                    (end - start, id)
                    for start, end, id in spans.get(span["file_name"], [])
                    if start <= span["byte_start"] and span["byte_end"] <= end
                ]
                found |= {min(inside)[1]} if inside else set()
        if found:
            return found
    return set()


def build(mutants, it):
    """Builds with as many of the mutants as compile: the binaries and those mutants."""
    sources = {m.file: (ROOT / m.file).read_bytes() for m in mutants}
    copy_crate(set(sources))
    put(CRATE / "src/mutant.rs", SWITCH.replace("COUNT", str(len(mutants) + 1)).encode())
    seed_build()
    left = list(mutants)
    while True:
        spans = {}
        for file, source in sources.items():
            content, spans[file] = render(source, [m for m in left if m.file == file])
            put(CRATE / file, content)
        binaries, errors = cargo("--lib")
        if not errors:
            break
        refused = set().union(*(blamed(e, spans) for e in errors))
        if not refused:
            sys.exit("the mutated copy does not compile:\n" + "\n".join(e["rendered"] for e in errors[:3]))
        print(f"the compiler refuses {len(refused)} mutants", flush=True)
        left = [m for m in left if m.id not in refused]
    if it:
        binaries, errors = cargo("--lib", "--test", "it")
        if errors:
            sys.exit(errors[0]["rendered"])
    return binaries, left


def limited():
    # A mutant may ask for memory without end.
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    os.setsid()


def run_tests(binary, tests, mutant, timeout):
    """Runs tests up to the first failure: its name, `timeout`, `died` or None."""
    environment = os.environ | {
        "SVERKA_MUTANT": str(mutant),
        "PROPTEST_DISABLE_FAILURE_PERSISTENCE": "true",
        "PROPTEST_MAX_SHRINK_ITERS": "0",
        "RUST_BACKTRACE": "0",
    }
    process = subprocess.Popen(
        [binary, "--exact", "--test-threads=2", *tests],
        cwd=CRATE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=limited,
    )
    hung = threading.Event()

    def kill():
        hung.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(timeout, kill)
    timer.start()
    failed, passed = None, 0
    for line in process.stdout:
        test = re.match(r"test (\S+)(?: - should panic)? \.\.\. (\w+)", line)
        if test and test[2] == "FAILED":
            failed = test[1]
            os.killpg(process.pid, signal.SIGKILL)
            break
        passed += test is not None
    process.stdout.read()
    code = process.wait()
    timer.cancel()
    if failed:
        return failed
    if hung.is_set():
        return "timeout"
    return "died" if code or passed != len(tests) else None


def measure(binaries, prefixes, it):
    """Runs every test by itself without a mutant: duration and mutants reached, by (binary, test)."""
    kept = WORK / "measured.json"
    stamp = [[name, binary, os.stat(binary).st_mtime_ns] for name, binary in sorted(binaries.items())] + [prefixes, it]
    if kept.exists():
        before = json.loads(kept.read_text())
        if before["stamp"] == stamp:
            return {(b, t): (duration, set(reached)) for b, t, duration, reached in before["tests"]}
    tests = []
    for name, binary in binaries.items():
        listed = subprocess.run([binary, "--list"], cwd=CRATE, check=True, capture_output=True, text=True).stdout
        names = re.findall(r"^(\S+): test$", listed, re.M)
        wanted = tuple(it if name == "it" else prefixes)
        tests += [(name, t) for t in names if t.startswith(wanted)]

    def one(test):
        notes = WORK / "reached" / hashlib.sha256(repr(test).encode()).hexdigest()[:16]
        begin = time.monotonic()
        failed = run_tests(binaries[test[0]], [test[1]], notes, 600)
        reached = {int(n) for n in notes.read_text().split()} if notes.exists() else set()
        return test, time.monotonic() - begin, reached, failed

    shutil.rmtree(WORK / "reached", ignore_errors=True)
    (WORK / "reached").mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        measured = list(pool.map(one, tests))
    broken = [t[1] for t, _, _, failed in measured if failed]
    if broken:
        sys.exit("tests fail without a mutant: " + ", ".join(broken))
    rows = [[*test, duration, sorted(reached)] for test, duration, reached, _ in measured]
    kept.write_text(json.dumps({"stamp": stamp, "tests": rows}))
    return {test: (duration, reached) for test, duration, reached, _ in measured}


def meet(mutant, binaries, measured, slow):
    """The first test that fails with a mutant, `timeout`, `died`, `unreached` or None, and tests left out as slow."""
    reaching = {test: d for test, (d, reached) in measured.items() if mutant.id in reached}
    if not reaching:
        return "unreached", 0
    module = re.sub(r"^src/|(/mod)?\.rs$", "", mutant.file).replace("/", "::") + "::"
    batches = collections.defaultdict(list)
    for test, duration in reaching.items():
        own = test[1].startswith(module)
        rank = 0 if own and duration < 1 else 1 if duration < 0.3 else 2 if duration < 2 else 3
        if duration < slow:
            # Long ones one by one.
            batches[rank, duration if rank == 3 else 0, test[0]].append(test)
    for (_, _, binary), tests in sorted(batches.items()):
        limit = 20 + 4 * sum(reaching[t] for t in tests)
        result = run_tests(binaries[binary], [t[1] for t in tests], mutant.id, limit)
        if result:
            return result, 0
    return None, sum(d >= slow for d in reaching.values())


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("paths", nargs="+", help="files and folders below src/")
    flags.add_argument("--number", type=int, default=300, help="mutants to draw (300)")
    flags.add_argument("--seed", default="1", help="of the draw (1)")
    flags.add_argument("--tests", nargs="+", default=[""], metavar="PREFIX", help="unit tests that take part (all)")
    flags.add_argument("--it", nargs="+", default=[], metavar="PREFIX", help="tests of tests/it as well, such as sample::")
    flags.add_argument("--slow", type=float, default=20, help="leave out tests that take so many seconds (20)")
    flags.add_argument("--again", action="store_true", help="only those that survived the last time")
    flags.add_argument("--list", action="store_true", help="show all mutants and stop")
    flags = flags.parse_args()
    everything = mutants_of(flags.paths)
    if flags.list:
        for mutant in everything:
            print(mutant.name())
        print(len(everything), "mutants")
        return
    state = json.loads(STATE.read_text()) if STATE.exists() else {}
    if not flags.again:
        state = {key: result for key, result in state.items() if result == REFUSED}
    # A reserve for those that do not compile, many of them `Default::default()` of types that have none.
    drawn = sorted(everything, key=lambda m: hashlib.sha256(f"{flags.seed} {m.key}".encode()).digest())
    drawn = [m for m in drawn[: flags.number + flags.number // 3 + 5] if state.get(m.key) != REFUSED]
    for id, mutant in enumerate(drawn, 1):
        mutant.id = id
    binaries, compiled = build(drawn, flags.it)
    state |= {m.key: REFUSED for m in drawn if m not in compiled}
    STATE.write_text(json.dumps(state))
    chosen = compiled[: flags.number]
    print(f"{len(everything)} mutants, {len(chosen)} chosen; measuring the tests", flush=True)
    measured = measure(binaries, flags.tests, flags.it)
    begin = time.monotonic()
    for at, mutant in enumerate(chosen, 1):
        before = state.get(mutant.key)
        mutant.result, mutant.left_out = before if before and before[0] not in (None, "unreached") else meet(
            mutant, binaries, measured, flags.slow
        )
        state[mutant.key] = [mutant.result, mutant.left_out]
        STATE.write_text(json.dumps(state))
        print(f"{at}/{len(chosen)} {mutant.result or 'SURVIVED'} {mutant.name()}", flush=True)
    report(chosen, len(everything), flags, measured, time.monotonic() - begin)


def report(chosen, all, flags, measured, seconds):
    def counts(mutants):
        hung = sum(m.result in ("timeout", "died") for m in mutants)
        survived = sum(m.result in (None, "unreached") for m in mutants)
        caught = len(mutants) - survived
        return f"{len(mutants):8} {caught:8} {hung:8} {survived:8} {100 * caught / len(mutants):7.1f} %"

    lines = [
        f"{len(chosen)} of {all} mutants of {' '.join(flags.paths)}, seed {flags.seed}; {len(measured)} tests "
        f"({' '.join(filter(None, flags.tests)) or 'all of the library'}{' and ' + ' '.join(flags.it) if flags.it else ''}), "
        f"{sum(d >= flags.slow for d, _ in measured.values())} of them too slow to take part; {seconds / 60:.0f} minutes",
        "",
        f"{'':40} {'mutants':>8} {'caught':>8} {'by hang':>8} {'survived':>8} {'caught':>9}",
    ]
    for file in sorted({m.file for m in chosen}):
        lines.append(f"{file:40} {counts([m for m in chosen if m.file == file])}")
    lines += [f"{'all':40} {counts(chosen)}", "", "Survived:"]
    for mutant in sorted(chosen, key=lambda m: (m.file, m.line)):
        if mutant.result in (None, "unreached"):
            why = "; no test reaches it" if mutant.result else ""
            why += f"; {mutant.left_out} slow tests left out" if mutant.left_out else ""
            lines.append(f"  {mutant.name()}{why}")
    REPORT.write_text("\n".join(lines) + "\n")
    print(REPORT.read_text(), end="")


if __name__ == "__main__":
    main()
