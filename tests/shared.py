#!/usr/bin/env python3
"""Do the readers give what the README files say of real exports?

    tests/shared.py target/debug/sverka ../shared/data

Runs `sverka inspect --json` over every file of the folder and prints a line for each: what was read, and what the table of
the README beside it says (rows of an entity, records of a list). A file must be read with these counts, or be refused in
one line for the reason that REFUSED expects; anything else fails. What a README counts otherwise is named in OTHERWISE,
what sverka does not count at all in NOT_COUNTED, each with its reason. Nothing of the files themselves is printed.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys

# Refused files, by pattern, and what their line must say: why, or what to do instead.
REFUSED = [
    ("onec/schema/*", "схема XML"),
    ("onec/*_edmx_*.xml", "описание данных OData"),
    ("onec/*.mxl", "сохраните как XLSX"),
    ("onec/fns*_buyer_*.xml", "титул покупателя"),
    ("crm/retailcrm/*istory*.json", "истории изменений"),
    ("crm/bitrix24/rest/requests_*.json", "запросы к REST"),
    ("crm/bitrix24/rest/*_error.json", "ответ с ошибкой"),
    ("crm/bitrix24/rest/doc_crm.duplicate.*.json", "нет записей"),
    ("crm/bitrix24/rest/doc_crm.entity.merge.*.json", "нет записей"),
]

# Words of the READMEs → entity of `inspect`; None is a list that is read for other records and has no entity.
WORDS = {
    "parties": "counterparty",
    "counterparties": "counterparty",
    "companies": "counterparty",
    "customercorporate": "counterparty",
    "customerscorporate": "counterparty",
    "representatives": "contact",
    "representatives(контрагент)": "contact",
    "contacts": "contact",
    "persons": "contact",
    "customer": "contact",
    "customers": "contact",
    "goods(catalog)": "product",
    "products": "product",
    "offers": "product",
    "offer": "product",
    "contracts": "contract",
    "leads": "deal",
    "orders": "deal",
    "order": "deal",
    "lines": "line",
    "productrows": "line",
    "prices": "price",
    "stores": "warehouse",
    "storeproducts": "stock",
    "units": "unit",
    "own organisations": None,
    "account sections": None,
    "price types": None,
    "categories": None,
    "users": None,
    "pipelines": None,
    "legalentities": None,
    "paymentstatuses": None,
    "paymenttypes": None,
    "pricetypes": None,
    "productstatuses": None,
    "sites": None,
    "statuses": None,
}

# What the READMEs count and sverka does not read as rows.
NOT_COUNTED = {
    "groups": "folders of goods stand at the goods",
    "properties": "kinds of attributes",
    "bank accounts": "columns of their owner",
    "distinct inn": "a value",
    "catalogs": "kinds of objects",
    "warehouses/units": "two lists in one number",
    "note_types": "of no use for an audit",
    "task_types": "of no use for an audit",
    "custom_fields": "records name their fields themselves",
}

# Files whose README counts something else: (pattern, what it counts, what must be there instead).
OTHERWISE = [
    ("crm/retailcrm/*_CustomersGet.json", "fields of the one record", {"counterparty|contact": 1}),
    ("crm/retailcrm/v5_Orders_Get.json", "fields of the one record", {"deal": 1}),
    ("crm/retailcrm/v5_Orders_Upload.json", "what a program sent beside what is there", {"deal": 1}),
    ("crm/retailcrm/v5_Store_Inventories.json", "offers, each in one store", {"stock": 20}),
    ("crm/retailcrm/v5_CustomersCorporate_Companies.json", "legal entities, which belong to a customer", {None: 1}),
    ("crm/bitrix24/rest/real_catalog_document_element_list.json", "the first of two pages", {None: 95}),
    ("crm/bitrix24/rest/real_stagehistory.json", "the first of ten pages", {None: 490}),
    ("crm/bitrix24/rest/real_crm_item_list.json", "items of a process that sverka cannot know", {None: 3}),
    ("crm/bitrix24/rest/real_crm_lead_fields_success.json", "one description of 64 fields", {None: 64}),
    ("crm/bitrix24/rest/real_crm_item_productrow_list.json", "one answer with two rows", {None: 2}),
    ("crm/bitrix24/rest/doc_batch.json", "records of two commands", {None: 2}),
    ("crm/reconstructed/b24_deals_with_products.csv", "rows, one for each product of a deal", {"line": 3}),
    ("onec/cml209_documents.xml", "warehouses of documents as stock", {"counterparty": 2, "contact": 2, "document": 2, "line": 4}),
    ("onec/tab_nomenclature_tdsheet.xls", "the heading and an empty last row too", {"product": 8835 - 2}),
    ("onec/tab_pricelist_report_tdsheet.xls", "the two storeys of the heading too", {"product": 8663 - 2}),
    ("onec/tab_order_formulas.xlsx", "the heading and an empty last row too", {"product": 7 - 2}),
    ("onec/tab_nomenclature_small.xlsx", "the heading too", {"product": 5 - 1}),
]

# What a row of a table without words of its own holds: by the name of the file.
ROWS_OF = [
    ("*company_contact*", None),
    ("*stage_list*", None),
    ("*compan*", "counterparty"),
    ("*/egrul*", "counterparty"),
    ("*/brand_names*", "counterparty"),
    ("*/open_registers*", "counterparty"),
    ("er/febrl4/[lr]*", "contact"),
    ("er/fodors-zagats/[lr]*", "counterparty"),
    ("*contact*", "contact"),
    ("*contragents*", "counterparty"),
    ("*amo_leads*", "deal"),
    ("*deal.productrows*", "line"),
    ("*deal*", "deal"),
    ("*item.payment*", "payment"),
    ("*", None),
]


def number(text):
    return int(re.sub(r"[\s\u00a0]", "", text))


def words_of(cell):
    """Numbers of a cell of a README: [(word, number)]."""
    found = []
    cell = re.sub(r"\((?:folders|полей)?[^()]*\d[^()]*\)", "", cell)
    for part in re.split(r"[,;]|\bof\b", cell):
        part = part.strip()
        forward = re.fullmatch(r"([A-Za-z_()/ ]+(?:\(Контрагент\))?) ([\d ]+)(?:\.\d+)?", part)
        backward = re.fullmatch(r"([\d ]+) ([A-Za-z_][A-Za-z_ ]*|записей|записи|запись|строк)(?: ×.*| x .*)?", part)
        if forward and forward[1].strip() != "sum":
            found.append((forward[1].strip().lower(), number(forward[2])))
        elif backward:
            found.append((backward[2].strip().lower(), number(backward[1])))
    return found


def readmes(data):
    """What the READMEs say: {file: cell}."""
    said = {}
    for readme in sorted(data.rglob("README.md")):
        folder = readme.parent
        for line in readme.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("|") and len(cells) >= 4:
                name = cells[0].strip("`")
                if (folder / name).is_file():
                    # The cell of the count: the one with a number and a word, else a bare number of rows.
                    if folder.name == "registry":
                        said[folder / name] = f"{cells[1]} строк"
                    else:
                        column = 5 if folder.name == "onec" else 3
                        said[folder / name] = cells[column] if column < len(cells) else ""
            bare = re.match(r"- (\S+) (\d+) (?:rows|matching pairs)", line)
            if bare and (folder / bare[1]).is_file():
                said[folder / bare[1]] = f"{bare[2]} строк"
    return said


def expected(name, cell):
    """[(entity or entities joined by |, rows)] that the README says, and the reason when it is read otherwise."""
    for pattern, reason, instead in OTHERWISE:
        if fnmatch.fnmatch(name, pattern):
            return list(instead.items()), reason
    found = words_of(cell)
    rows = next(entity for pattern, entity in ROWS_OF if fnmatch.fnmatch(name, pattern))
    out = []
    for word, count in found:
        if word in ("записей", "записи", "запись", "строк", "data rows", "items"):
            out.append((rows if word != "items" or not name.startswith("crm/amocrm") else "deal", count))
        elif word in ("documents", "upd files"):
            payments = name.startswith("onec/clbank")
            out.append(("payment" if payments else "document", count))
        elif word == "stock rows/warehouses":
            out.append(("stock+warehouse", count))
        elif word in WORDS:
            out.append((WORDS[word], count))
        elif word not in NOT_COUNTED:
            sys.exit(f"{name}: the README counts «{word}», which this script does not know")
    merged = collections.OrderedDict()
    for entity, count in out:
        if entity is None or entity == "product":
            merged.setdefault((entity, count), count)
        elif entity == "contact" and ("contact", "sum") in merged and "bp30" in name:
            merged[(entity, "sum")] += count
        else:
            merged.setdefault((entity, "sum"), count)
    return [(entity, count) for (entity, _), count in merged.items()], None


def inspect(sverka, path):
    done = subprocess.run([sverka, "inspect", "--json", str(path)], capture_output=True, timeout=300)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def judge(name, cell, result):
    """(line of the table, whether it was compared, whether it was refused, what is wrong)"""
    status, out, err = result
    if status == 2:
        lines = err.strip().splitlines()
        reason = re.sub(r"^sverka: \S+: ", "", lines[0]) if lines else ""
        wanted = next((text for pattern, text in REFUSED if fnmatch.fnmatch(name, pattern)), None)
        wrong = None
        if len(lines) != 1 or out.strip():
            wrong = f"refused in {len(lines)} lines"
        elif wanted is None:
            wrong = "refused, and no reason is expected"
        elif wanted not in reason:
            wrong = f"refused for another reason than «{wanted}»"
        return f"refused: {reason[:90]}", False, True, wrong
    if status != 0:
        return f"status {status}", False, False, f"exit status {status}: {err.strip()[:200]}"
    if any(fnmatch.fnmatch(name, pattern) for pattern, _ in REFUSED):
        return "read", False, False, "read, although it must be refused"
    seen = json.loads(out)
    counts = collections.Counter()
    nameless = []
    for table in seen["tables"]:
        if table["rows"] != table["loaded"] + table["left_out"] + table["quarantined"]:
            return "read", False, False, "rows do not add up"
        if table["entity"] is None:
            nameless.append(table["rows"])
        counts[table["entity"]] += table["rows"]
    shown = ", ".join(f"{entity or 'other'} {count}" for entity, count in counts.items()) or "nothing"
    wanted, reason = expected(name, cell)
    problems = []
    for entity, count in wanted:
        if entity is None:
            got = count if count in nameless else counts[None]
        elif entity == "product":
            got = counts["product"]
        else:
            got = max(counts[one] for one in entity.split("|")) if "|" in entity else sum(counts[one] for one in entity.split("+"))
        if got != count:
            problems.append(f"{entity or 'other'}: README {count}, read {got}")
    version = f"{seen['format']} {seen['version'] or ''}".strip()
    said = ", ".join(f"{entity or 'other'} {count}" for entity, count in wanted)
    note = f" (README counts {reason})" if reason else ""
    return f"{version}: {shown}; README: {said or '-'}{note}", bool(wanted), False, "; ".join(problems) or None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sverka", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    given = parser.parse_args()
    said = readmes(given.data)
    files = sorted(p for p in given.data.rglob("*") if p.is_file() and p.suffix not in (".md", ".sha256"))
    if not files:
        sys.exit(f"{given.data}: no files")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda path: inspect(given.sverka, path), files))
    read = compared = refused = 0
    wrong = []
    for path, result in zip(files, results):
        name = path.relative_to(given.data).as_posix()
        line, is_compared, is_refused, problem = judge(name, said.get(path, ""), result)
        print(f"{'!' if problem else ' '} {name:<62} {line}")
        read += not is_refused
        refused += is_refused
        compared += is_compared
        if problem:
            wrong.append(f"{name}: {problem}")
    print(f"read: {read}, of them compared with a README: {compared}; refused with a reason: {refused}")
    for problem in wrong:
        print(problem, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
