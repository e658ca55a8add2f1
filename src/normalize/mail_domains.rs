//! Tables of mail domains and mailboxes. Own lists, from practice; sorted: they are searched by halves.

/// Public mail services.
pub const FREE: &[&str] = &[
    "126.com", "163.com", "abv.bg", "aol.com", "autorambler.ru", "bigmir.net", "bk.com", "bk.ru", "duck.com", "e1.ru",
    "fromru.com", "front.ru", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotbox.ru",
    "hotmail.com", "hotmail.ru", "i.ua", "icloud.com", "inbox.com", "inbox.lv", "inbox.ru", "internet.ru", "km.ru",
    "land.ru", "lenta.ru", "list.com", "list.ru", "live.com", "live.ru", "mac.com", "mail.by", "mail.com", "mail.ee",
    "mail.kz", "mail.ru", "mail.uz", "mail333.com", "mailru.com", "me.com", "meta.ua", "msn.com", "myrambler.ru",
    "narod.ru", "ngs.ru", "nm.ru", "o2.pl", "outlook.com", "outlook.de", "pisem.net", "pm.me", "pochta.ru",
    "proton.me", "protonmail.com", "qip.ru", "qq.com", "rambler.ru", "rambler.ua", "ro.ru", "rocketmail.com",
    "seznam.cz", "sibmail.com", "tut.by", "tut.com", "tutanota.com", "ukr.net", "umail.uz", "vk.com", "web.de",
    "wp.pl", "xaker.ru", "xmail.ru", "ya.ru", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yandex.by", "yandex.com",
    "yandex.kz", "yandex.net", "yandex.ru", "yandex.ua", "ymail.com", "zoho.com",
];

/// Local parts of mailboxes that belong to a function; digits at the end do not count.
pub const ROLES: &[&str] = &[
    "abuse", "account", "accounting", "accounts", "admin", "administrator", "adv", "apteka", "ask", "bank", "billing",
    "booking", "bookkeeper", "bron", "buh", "buhg", "buhgalter", "buhgalteria", "buhgalteriya", "bux", "call",
    "callcenter", "client", "clients", "clinic", "commerce", "commercial", "company", "contact", "contacts",
    "delivery", "dir", "director", "direktor", "dispatcher", "dispetcher", "doc", "docs", "document", "documents",
    "dogovor", "dostavka", "ds", "e-mail", "edo", "email", "feedback", "fin", "finance", "firma", "general",
    "glavbuh", "glbuh", "gsk", "hello", "help", "helpdesk", "hostmaster", "hotel", "hr", "inbox", "info", "invoice",
    "invoices", "it", "job", "jurist", "kadri", "kadry", "kassa", "klient", "kommerc", "kontakt", "law", "legal",
    "logist", "logistic", "logistics", "magazin", "mail", "main", "manager", "market", "marketing", "menedzher",
    "no-reply", "noreply", "office", "ohrana", "ok", "operator", "oplata", "opt", "opttorg", "order", "orders",
    "otdel", "otdelprodag", "pay", "payment", "pochta", "post", "postmaster", "pr", "press", "priem", "priemnaya",
    "prodaji", "prodazhi", "pto", "rabota", "reception", "reklama", "reserv", "resume", "sad", "sale", "sales",
    "school", "secretary", "sekretar", "service", "servis", "shop", "sklad", "snab", "snabzhenie", "sto", "store",
    "support", "team", "tech", "teh", "tehotdel", "tender", "tenders", "torg", "trade", "tsj", "tszh", "uchet", "uk",
    "urist", "webmaster", "welcome", "yurist", "zakaz", "zakupki",
];

/// Misspelt domain → the domain that was meant.
pub const MISSPELT: &[(&str, &str)] = &[
    ("andex.ru", "yandex.ru"), ("bk.ri", "bk.ru"), ("bk.ry", "bk.ru"), ("emil.ru", "mail.ru"),
    ("g.mail.com", "gmail.com"), ("gamil.com", "gmail.com"), ("gemail.com", "gmail.com"), ("gimail.com", "gmail.com"),
    ("gmai.com", "gmail.com"), ("gmail.cim", "gmail.com"), ("gmail.cm", "gmail.com"), ("gmail.co", "gmail.com"),
    ("gmail.comm", "gmail.com"), ("gmail.con", "gmail.com"), ("gmail.om", "gmail.com"), ("gmail.ru", "gmail.com"),
    ("gmail.vom", "gmail.com"), ("gmaill.com", "gmail.com"), ("gmal.com", "gmail.com"), ("gmali.com", "gmail.com"),
    ("gmeil.com", "gmail.com"), ("gmial.com", "gmail.com"), ("gmil.com", "gmail.com"), ("gnail.com", "gmail.com"),
    ("hotmai.com", "hotmail.com"), ("hotmail.con", "hotmail.com"), ("hotmal.com", "hotmail.com"),
    ("hotmial.com", "hotmail.com"), ("hotnail.com", "hotmail.com"), ("iandex.ru", "yandex.ru"),
    ("iclod.com", "icloud.com"), ("icloud.con", "icloud.com"), ("icloud.ru", "icloud.com"),
    ("iclould.com", "icloud.com"), ("icluod.com", "icloud.com"), ("icoud.com", "icloud.com"),
    ("imbox.ru", "inbox.ru"), ("inbix.ru", "inbox.ru"), ("inbox.ri", "inbox.ru"), ("inbox.ry", "inbox.ru"),
    ("jandex.ru", "yandex.ru"), ("lisr.ru", "list.ru"), ("list.ri", "list.ru"), ("list.ry", "list.ru"),
    ("lst.ru", "list.ru"), ("mai.ru", "mail.ru"), ("mail.eu", "mail.ru"), ("mail.re", "mail.ru"),
    ("mail.ri", "mail.ru"), ("mail.rn", "mail.ru"), ("mail.rr", "mail.ru"), ("mail.ruu", "mail.ru"),
    ("mail.rv", "mail.ru"), ("mail.ry", "mail.ru"), ("mail.tu", "mail.ru"), ("mail.u", "mail.ru"),
    ("maile.ru", "mail.ru"), ("maill.ru", "mail.ru"), ("mailr.ru", "mail.ru"), ("mal.ru", "mail.ru"),
    ("mali.ru", "mail.ru"), ("maul.ru", "mail.ru"), ("meil.ru", "mail.ru"), ("mial.ru", "mail.ru"),
    ("nail.ru", "mail.ru"), ("outllok.com", "outlook.com"), ("outlock.com", "outlook.com"),
    ("outlok.com", "outlook.com"), ("outlook.con", "outlook.com"), ("rabler.ru", "rambler.ru"),
    ("ramber.ru", "rambler.ru"), ("rambler.com", "rambler.ru"), ("rambler.ri", "rambler.ru"),
    ("rambler.ry", "rambler.ru"), ("rambller.ru", "rambler.ru"), ("ramler.ru", "rambler.ru"),
    ("uandex.ru", "yandex.ru"), ("yabdex.ru", "yandex.ru"), ("yadex.ru", "yandex.ru"), ("yaho.com", "yahoo.com"),
    ("yahoo.con", "yahoo.com"), ("yahooo.com", "yahoo.com"), ("yamdex.ru", "yandex.ru"), ("yande.ru", "yandex.ru"),
    ("yandec.ru", "yandex.ru"), ("yandeks.ru", "yandex.ru"), ("yandex.con", "yandex.com"), ("yandex.re", "yandex.ru"),
    ("yandex.ri", "yandex.ru"), ("yandex.rn", "yandex.ru"), ("yandex.ry", "yandex.ru"), ("yandex.tu", "yandex.ru"),
    ("yandexx.ru", "yandex.ru"), ("yandez.ru", "yandex.ru"), ("yandrx.ru", "yandex.ru"), ("yandx.ru", "yandex.ru"),
    ("yanex.ru", "yandex.ru"), ("yhoo.com", "yahoo.com"), ("ynadex.ru", "yandex.ru"), ("yndex.ru", "yandex.ru"),
];
