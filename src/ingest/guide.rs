//! What a person needs to know of each format: for the pages `docs/formats.md` and `docs/formats.ru.md`.
//!
//! A format of the registry without an entry here fails the tests, and so does a committed page that differs.

use std::fmt::Write;

use crate::model::Lang;

/// A format in words.
struct Guide {
    /// As [`super::Format::id`].
    id: &'static str,
    /// Versions of the format, or who writes it; the same in both languages.
    versions: &'static str,
    ru: Card,
    en: Card,
}

struct Card {
    title: &'static str,
    reads: &'static str,
    export: &'static str,
    traps: &'static [&'static str],
}

/// In the order of the page: systems first, then files of any origin.
static GUIDES: &[Guide] = &[
    Guide {
        id: "commerceml",
        versions: "1.x, 2.03–2.10, 3.1",
        ru: Card {
            title: "CommerceML: обмен 1С с сайтом",
            reads: "Контрагенты из раздела «Контрагенты» и из документов, их представители как контакты, владелец каталога как \
                    своя организация; товары, предложения, цены и виды цен, остатки по складам, склады, единицы измерения; \
                    документы со строками, налогами и реквизитами. Части одного пакета (import, offers, prices, rests) \
                    соединяются по Ид. Кодировки UTF-8, windows-1251 и UTF-16, любое пространство имён.",
            export: "1С:Управление торговлей, КА, ERP: «Администрирование» → «Синхронизация данных» → «Обмен с сайтами», в узле \
                     обмена выберите выгрузку в каталог на диске и передайте папку или архив целиком.",
            traps: &[
                "СодержитТолькоИзменения=\"true\" и контрагенты из документов — не вся база: выводы «нет в другой системе» не делаются.",
                "Пометка удаления бывает элементом, реквизитом и атрибутом Статус; читаются все три.",
                "Организация бывает записана в форме физического лица (ПолноеНаименование): вид определяется по ИНН.",
                "Предложение — не товар: у одного товара их бывает десятки, Ид предложения — «товар#характеристика».",
                "Документы 1С отдаёт только изменившиеся; сообщение о смене статуса содержит Ид и реквизиты без суммы.",
                "Роль в документе — наша: контрагентом считается сторона в противоположной роли.",
                "Описания, картинки и значения свойств товаров не читаются.",
            ],
        },
        en: Card {
            title: "CommerceML: 1C and a web shop",
            reads: "Counterparties of the section «Контрагенты» and of documents, their representatives as contacts, the owner of \
                    the catalogue as an own organisation; goods, offers, prices and their types, stock by warehouse, warehouses, \
                    units; documents with lines, taxes and requisites. Parts of one package (import, offers, prices, rests) are \
                    joined by «Ид». UTF-8, windows-1251 and UTF-16, any namespace.",
            export: "1C:Trade Management, Integrated Automation, ERP: «Администрирование» → «Синхронизация данных» → «Обмен с \
                     сайтами»; let the exchange write to a folder and give the whole folder or archive.",
            traps: &[
                "СодержитТолькоИзменения=\"true\" and parties of documents are not the whole base: absence proves nothing.",
                "The deletion mark may be an element, a requisite or the attribute «Статус»; all three are read.",
                "A firm may be written in the form of a person (ПолноеНаименование): its kind is told by its INN.",
                "An offer is no product: one product may have dozens, and the id of an offer is «product#characteristic».",
                "1C sends documents that changed; a message about a state holds an id and requisites without a sum.",
                "The role in a document is ours: the counterparty is the side in the opposite role.",
                "Descriptions, pictures and values of properties of goods are not read.",
            ],
        },
    },
    Guide {
        id: "enterprise-data",
        versions: "EnterpriseData 1.2–1.21",
        ru: Card {
            title: "EnterpriseData: обмен конфигураций 1С",
            reads: "Справочники «Контрагенты», «Контактные лица», «Физические лица», «Организации» с контактной информацией, головным \
                    контрагентом и основным счётом; «Номенклатура», «Склады», «Единицы измерения», «Договоры», состояния заказов; \
                    все документы с табличными частями. Контрагенты, которые названы только в документах, — по одному разу.",
            export: "«Администрирование» → «Синхронизация данных» → настройка «Универсальный обмен через файл», либо обработка «Выгрузка \
                     загрузка EnterpriseData» из «Все функции»: отберите «Контрагенты» и «Контактные лица».",
            traps: &[
                "Сообщение плана обмена содержит только изменения: оно помечается как неполное.",
                "В формате нет кода контрагента и пометки удаления.",
                "Ссылка необязательна; без неё запись называется по ИНН и КПП, документ — по номеру и дате.",
                "Признака проведения документа в формате нет.",
            ],
        },
        en: Card {
            title: "EnterpriseData: exchange of 1C configurations",
            reads: "Catalogues «Контрагенты», «Контактные лица», «Физические лица», «Организации» with contact information, head \
                    counterparty and main account; «Номенклатура», «Склады», «Единицы измерения», «Договоры», states of orders; \
                    every document with its tabular sections. Counterparties that only documents name, once each.",
            export: "«Администрирование» → «Синхронизация данных» → exchange through a file, or the data processor «Выгрузка загрузка \
                     EnterpriseData» in «Все функции»: select «Контрагенты» and «Контактные лица».",
            traps: &[
                "A message of an exchange plan holds changes only and is taken for a part.",
                "The format has no code of a counterparty and no deletion mark.",
                "The reference is optional; without it a record is named by INN and KPP, a document by number and date.",
                "The format does not say whether a document is posted.",
            ],
        },
    },
    Guide {
        id: "onec-json",
        versions: "OData 3, JSON (1C:Enterprise 8.3); HTTP services; metadata.js",
        ru: Card {
            title: "1С: справочники и документы в JSON",
            reads: "Ответы стандартного интерфейса OData и выгрузки HTTP-сервисов: справочники («Контрагенты», «Номенклатура», «Склады», \
                    «Договоры контрагентов» и другие) со ссылками, контактной информацией и табличными частями; документы, каждая \
                    табличная часть отдельной таблицей; остатки регистров накопления (Balance).",
            export: "Опубликуйте базу на веб-сервере, включите справочники в состав интерфейса («Администрирование» → «Синхронизация \
                     данных» → «Настройка стандартного интерфейса OData») и сохраните \
                     /odata/standard.odata/Catalog_Контрагенты?$format=json&$orderby=Ref_Key.",
            traps: &[
                "Страницы ($top, $skip) без $orderby=Ref_Key перекрываются: повтор и пропуск видны по Ref_Key и odata.count.",
                "allowedOnly=true молча прячет строки, на которые у пользователя нет прав.",
                "Бухгалтерия пишет контрагента его собственным головным: это значит, что головного нет.",
                "Сохранённый ответ с ошибкой и пустой файл среди страниц делают источник неполным.",
                "Сумма документа складывается из нескольких табличных частей; без метаданных (odata=nometadata) вид документа не виден.",
            ],
        },
        en: Card {
            title: "1C: catalogues and documents in JSON",
            reads: "Answers of the standard OData interface and dumps of HTTP services: catalogues («Контрагенты», «Номенклатура», \
                    «Склады», «Договоры контрагентов» and others) with references, contact information and tabular parts; documents, \
                    each tabular section as a table of its own; balances of accumulation registers.",
            export: "Publish the base on a web server, add the catalogues to the interface («Администрирование» → «Синхронизация \
                     данных» → «Настройка стандартного интерфейса OData») and save \
                     /odata/standard.odata/Catalog_Контрагенты?$format=json&$orderby=Ref_Key.",
            traps: &[
                "Pages ($top, $skip) overlap without $orderby=Ref_Key: repeats and gaps show by Ref_Key and odata.count.",
                "allowedOnly=true hides rows that the user has no rights to, and says nothing.",
                "Accounting writes a counterparty as its own head: that means there is none.",
                "An error answer saved among the pages, or an empty file, makes the source a part.",
                "The sum of a document spans its tabular sections; without metadata (odata=nometadata) its kind is not known.",
            ],
        },
    },
    Guide {
        id: "onec-atom",
        versions: "OData 3, Atom (1C:Enterprise 8.3)",
        ru: Card {
            title: "1С: OData в Atom (XML)",
            reads: "То же, что из ответов JSON: лента или одна запись.",
            export: "Как для JSON, без $format=json. Если можно, берите JSON: файл в несколько раз меньше.",
            traps: &[
                "Одна запись (Catalog_…(guid'…')) — не весь справочник.",
                "Свойство, записанное дважды, читается один раз.",
            ],
        },
        en: Card {
            title: "1C: OData in Atom (XML)",
            reads: "The same as from answers in JSON: a feed or one entry.",
            export: "As for JSON, without $format=json. Prefer JSON where you can: the file is several times smaller.",
            traps: &["One entry (Catalog_…(guid'…')) is not the catalogue.", "A property written twice is read once."],
        },
    },
    Guide {
        id: "1c-client-bank",
        versions: "1CClientBankExchange 1.01–1.03",
        ru: Card {
            title: "Выписка банка для 1С",
            reads: "Документы выписки или платёжные поручения 1С со всеми ключами: направление, дата движения денег, другая сторона, \
                    её ИНН и счёт; остатки и обороты по счетам. Кодировка (windows-1251, cp866, UTF-8) — по содержимому, что бы ни \
                    было написано в заголовке.",
            export: "Из банка: «Выписка» → «Экспорт в 1С» (kl_to_1c.txt). Из 1С: «Обмен с банком» → «Отправить в банк» (1c_to_kl.txt).",
            traps: &[
                "У платежа нет идентификатора: он узнаётся по счетам сторон, номеру, дате и сумме.",
                "Дата денег — ДатаСписано или ДатаПоступило, а не дата поручения.",
                "Выписка знает только свой период: вывод «нет в банке» по ней не делается.",
                "ИНН, приклеенный к имени («ИНН 77… ООО …»), отделяется; ИНН «0» и пустой — обычное дело для физических лиц.",
                "Если остатки не сходятся с оборотами, об этом сказано в сведениях о файле.",
            ],
        },
        en: Card {
            title: "Bank statement for 1C",
            reads: "Documents of a statement, or payment orders of 1C, with every key: direction, day of the money, the other side, its INN \
                    and account; balances and turnovers of accounts. The content tells the encoding (windows-1251, cp866, UTF-8), \
                    whatever the header says.",
            export: "From a bank: «Выписка» → «Экспорт в 1С» (kl_to_1c.txt). From 1C: «Обмен с банком» → «Отправить в банк» (1c_to_kl.txt).",
            traps: &[
                "A payment has no id: accounts of both sides, number, date and sum identify it.",
                "The day of the money is ДатаСписано or ДатаПоступило and not that of the order.",
                "A statement knows only its period: it proves no absence.",
                "An INN glued to the name («ИНН 77… ООО …») is taken off; an INN of «0» or none is usual for persons.",
                "Where balances and turnovers disagree, the details of the file say so.",
            ],
        },
    },
    Guide {
        id: "fns-upd",
        versions: "5.01–5.03",
        ru: Card {
            title: "УПД и счёт-фактура в формате ФНС",
            reads: "Титул продавца (ON_NSCHFDOPPR…): номер, дата, исправление, стороны с ИНН и КПП, основания, суммы; строки с ценами, \
                    ставками и суммами налога.",
            export: "В системе ЭДО (Диадок, СБИС, 1С-ЭДО) скачайте документ архивом и укажите файл XML продавца.",
            traps: &[
                "Титул покупателя и корректировочный счёт-фактура не читаются: в первом нет сумм, второй меняет другой документ.",
                "Один файл — один документ: папка файлов не доказывает, что других нет.",
                "Документ определяют ИНН продавца, номер и дата; исправление — следующая версия того же документа.",
            ],
        },
        en: Card {
            title: "УПД and tax invoice of the tax service",
            reads: "The title of the seller (ON_NSCHFDOPPR…): number, date, correction, sides with INN and KPP, bases, sums; lines with \
                    prices, rates and amounts of tax.",
            export: "Download the document as an archive from the system of electronic documents and name the XML of the seller.",
            traps: &[
                "The title of the buyer and corrective invoices are not read: the first has no sums, the second changes another document.",
                "One file is one document: a folder of files does not prove that there are no others.",
                "INN of the seller, number and date identify a document; a correction is its next version.",
            ],
        },
    },
    Guide {
        id: "bitrix24-rest",
        versions: "crm.*.list, crm.item.list, batch",
        ru: Card {
            title: "Битрикс24: ответы REST",
            reads: "Компании, контакты, реквизиты, банковские реквизиты, адреса, связи контактов с компаниями; сделки, счета (старые и \
                    смарт-счета), их товарные строки, оплаты, товары и торговые предложения, цены, единицы, склады, остатки; стадии и \
                    воронки. Страницы и ответы batch в одном файле, по файлу на страницу или подряд.",
            export: "«Разработчикам» → «Другое» → «Входящий вебхук» с правами crm и catalog; сохраните все страницы crm.company.list, \
                     crm.contact.list (select *, UF_*, PHONE, EMAIL), crm.requisite.list, crm.requisite.bankdetail.list, crm.address.list; \
                     crm.deal.list, crm.item.list (entityTypeId 31), crm.item.productrow.list, crm.status.list, catalog.product.list, \
                     catalog.store.list, catalog.storeproduct.list.",
            traps: &[
                "ИНН и КПП лежат в реквизитах: без crm.requisite.list у компаний их нет.",
                "Число записей сверяется с total, число товарных строк — по каждой сделке; повторные страницы не считаются дважды.",
                "Команды batch для связей называйте по ID компании («205» или «company_205»), для оплат — по сделке («deal_501»): по \
                 порядковому номеру их не найти.",
                "Стадия называется её именем, если среди файлов есть crm.status.list; имя, которое в файлах двоится, не берётся.",
                "Старые счета получают код «I_5»: у смарт-счёта может быть тот же номер.",
                "Элементы смарт-процессов читаются, если проект говорит, что это (entity = \"object\"), и называет колонки.",
                "Свои компании (IS_MY_COMPANY) не считаются контрагентами.",
            ],
        },
        en: Card {
            title: "Bitrix24: REST answers",
            reads: "Companies, contacts, requisites, bank details, addresses, relations of contacts and companies; deals, invoices (old \
                    and smart), their product rows, payments, products and offers, prices, units, stores, stock; stages and funnels. \
                    Pages and batch answers in one file, a file a page, or one after another.",
            export: "“Developer resources” → “Other” → “Inbound webhook” with the scopes crm and catalog; save all pages of \
                     crm.company.list, crm.contact.list (select *, UF_*, PHONE, EMAIL), crm.requisite.list, \
                     crm.requisite.bankdetail.list, crm.address.list; crm.deal.list, crm.item.list (entityTypeId 31), \
                     crm.item.productrow.list, crm.status.list, catalog.product.list, catalog.store.list, catalog.storeproduct.list.",
            traps: &[
                "INN and KPP lie in requisites: without crm.requisite.list companies have none.",
                "Records are counted against `total`, rows of goods by deal; repeated pages do not count twice.",
                "Name batch commands of relations by the company's ID (`205` or `company_205`), of payments by the deal (`deal_501`): \
                 an ordinal names nothing.",
                "A stage gets its name when crm.status.list is among the files; a name that the files give twice is not taken.",
                "Old invoices get the id `I_5`: a smart invoice may have the same number.",
                "Items of a smart process are read when the project says what they are (entity = \"object\") and names the columns.",
                "Own companies (IS_MY_COMPANY) are no counterparties.",
            ],
        },
    },
    Guide {
        id: "bitrix24-html",
        versions: "Bitrix24 «Excel»; HTML tables",
        ru: Card {
            title: "Битрикс24: «Excel», который на самом деле таблица HTML",
            reads: "Списки компаний, контактов и сделок; другие страницы HTML с таблицей.",
            export: "CRM → «Компании», «Контакты» или «Сделки» → меню списка → «Экспорт в Excel», все поля и реквизиты.",
            traps: &[
                "Сделка с товарами записана по строке на товар, и «Сумма» в ней — сумма строки: сделка читается один раз с их суммой.",
                "Не открывайте и не пересохраняйте файл в Excel: ИНН и телефоны превратятся в числа.",
                "Страница входа или ошибки вместо таблицы называется прямо.",
            ],
        },
        en: Card {
            title: "Bitrix24: the “Excel” that is a table in HTML",
            reads: "Lists of companies, contacts and deals; other HTML pages with a table.",
            export: "CRM → Companies, Contacts or Deals → menu of the list → Export to Excel, all fields and requisites.",
            traps: &[
                "A deal with goods has a row for each of them, and its sum is that of the row: it is read once, with the sum of its rows.",
                "Do not open and save it in Excel: INNs and phones would become numbers.",
                "A page of login or error instead of a table is named as such.",
            ],
        },
    },
    Guide {
        id: "amocrm-rest",
        versions: "API v4, v2",
        ru: Card {
            title: "amoCRM: ответы REST",
            reads: "Компании и контакты со всеми полями, связь контакта с компанией; сделки с товарами, воронки и этапы, списки товаров, \
                    счета с позициями. ИНН и КПП — из своих полей или из поля «юрлицо».",
            export: "«amoМаркет» → «…» → «Создать интеграцию», долгосрочный токен; сохраните все страницы \
                     /api/v4/companies?limit=250&page=N, /api/v4/contacts, /api/v4/leads?with=contacts,catalog_elements,loss_reason, \
                     /api/v4/leads/pipelines, /api/v4/catalogs/ID/elements.",
            traps: &[
                "Общего числа записей API не сообщает: полнота видна по номерам страниц (у v2 — по адресу ответа) и ссылке next.",
                "Поле ИНН у каждого аккаунта своё; если оно называется иначе, укажите его в [source.columns].",
                "После последней страницы сервер отвечает пустым файлом: удалите его.",
                "Даты приходят в секундах и переводятся в дату и время UTC.",
            ],
        },
        en: Card {
            title: "amoCRM (Kommo): REST answers",
            reads: "Companies and contacts with all fields, the company of a contact; deals with goods, funnels and stages, lists of \
                    goods, invoices with their rows. INN and KPP from fields of their own or from a field of the kind “legal entity”.",
            export: "amoMarket → “…” → Create integration, a long-lived token; save all pages of \
                     /api/v4/companies?limit=250&page=N, /api/v4/contacts, /api/v4/leads?with=contacts,catalog_elements,loss_reason, \
                     /api/v4/leads/pipelines, /api/v4/catalogs/ID/elements.",
            traps: &[
                "The API tells no total: pages are counted by their numbers (in v2 by the address of the answer) and the link `next`.",
                "Every account has an INN field of its own; name it in [source.columns] when it is called otherwise.",
                "Behind the last page the server answers with an empty file: delete it.",
                "Moments come in seconds and become dates and times of UTC.",
            ],
        },
    },
    Guide {
        id: "retailcrm-rest",
        versions: "API v5",
        ru: Card {
            title: "RetailCRM: ответы API",
            reads: "Клиенты (люди и ИП — контакты, юрлица — контрагенты), корпоративные клиенты с их юрлицами и контактными лицами; \
                    заказы с позициями и оплатами, торговые предложения, остатки по складам, справочники (статусы, склады, единицы).",
            export: "«Настройки» → «Интеграция» → «Ключи доступа к API»; сохраните все страницы /api/v5/customers?limit=100&page=N, \
                     /api/v5/customers-corporate и /api/v5/customers-corporate/ID/companies, /api/v5/orders, /api/v5/store/products, \
                     /api/v5/store/inventories?details=1, /api/v5/reference/statuses, /api/v5/reference/stores.",
            traps: &[
                "Номенклатура — торговое предложение (offer), а не товар: продаётся и хранится оно.",
                "Позиция, проданная по разным ценам, читается строкой на каждую цену.",
                "ИНН корпоративного клиента лежит у его юрлиц: первым берётся основное, другой ИНН показывается как разногласие.",
                "Пустые справочники приходят списком [] вместо объекта.",
                "История изменений (history) — не список клиентов.",
            ],
        },
        en: Card {
            title: "RetailCRM: API answers",
            reads: "Customers (people and sole traders are contacts, legal entities counterparties), corporate customers with their legal \
                    entities and contact persons; orders with positions and payments, trade offers, stock by store, reference lists.",
            export: "Settings → Integration → API access keys; save all pages of /api/v5/customers?limit=100&page=N, \
                     /api/v5/customers-corporate and /api/v5/customers-corporate/ID/companies, /api/v5/orders, /api/v5/store/products, \
                     /api/v5/store/inventories?details=1, /api/v5/reference/statuses, /api/v5/reference/stores.",
            traps: &[
                "Goods are trade offers and not products: offers are sold and kept in stores.",
                "A position sold at several prices is a row for each.",
                "The INN of a corporate customer lies in its legal entities: the main one comes first, another INN is shown as a disagreement.",
                "Empty maps come as a list [] instead of an object.",
                "The history of changes is no list of customers.",
            ],
        },
    },
    Guide {
        id: "icml",
        versions: "ICML, YML",
        ru: Card {
            title: "ICML, YML: каталог товаров магазина",
            reads: "Торговые предложения с артикулом, штрихкодом, ценой, единицей и кодом 1С (xmlId).",
            export: "RetailCRM: «Настройки» → «Магазины» → адрес каталога ICML; сохраните файл по этому адресу.",
            traps: &[
                "Код предложения здесь — внешний код магазина, а не код в RetailCRM.",
                "У нескольких предложений бывает один productId: каждое читается отдельно.",
            ],
        },
        en: Card {
            title: "ICML, YML: the catalogue of a shop",
            reads: "Trade offers with article, barcode, price, unit and the key of 1C (xmlId).",
            export: "RetailCRM: Settings → Shops → address of the ICML catalogue; save the file of that address.",
            traps: &[
                "The id of an offer is the external id of the shop, not the one in RetailCRM.",
                "Several offers may share a productId: each is read apart.",
            ],
        },
    },
    Guide {
        id: "profitbase-json",
        versions: "API v4",
        ru: Card {
            title: "Profitbase: ответы API",
            reads: "Помещения (шахматка): номер, дом, секция, этаж, площадь, цена, статус, свои поля.",
            export: "Получите токен (/authentication) и сохраните ответы /property?full=true и /house.",
            traps: &[
                "Номера домов и помещений — текст: «A101», «1А».",
                "Общего числа API не сообщает: полноту выгрузки проверьте сами.",
            ],
        },
        en: Card {
            title: "Profitbase: API answers",
            reads: "Units for sale: number, house, section, floor, area, price, status, custom fields.",
            export: "Get a token (/authentication) and save the answers of /property?full=true and /house.",
            traps: &[
                "Numbers of houses and units are text: `A101`, `1А`.",
                "The API tells no total: see yourself that all pages are there.",
            ],
        },
    },
    Guide {
        id: "parquet",
        versions: "Parquet 1, 2",
        ru: Card {
            title: "Parquet: выгрузка хранилища данных",
            reads: "Таблица целиком; что в ней, говорит проект (entity), колонки узнаются по именам или названы в [source.columns].",
            export: "Хранилище или скрипт: COPY … TO 'counterparties.parquet', to_parquet(). ИНН и КПП пишите текстом.",
            traps: &[
                "Время с часовым поясом читается в UTC.",
                "Колонка, тип которой не читается (длительность, вложенная структура), называется в inspect.",
            ],
        },
        en: Card {
            title: "Parquet: export of a warehouse",
            reads: "The whole table; the project says what it holds (entity), columns are recognised by name or named in [source.columns].",
            export: "A warehouse or a script: COPY … TO 'counterparties.parquet', to_parquet(). Write INN and KPP as text.",
            traps: &[
                "Moments with a time zone are read in UTC.",
                "A column of a type that is not read (a duration, a nested structure) is named by inspect.",
            ],
        },
    },
    Guide {
        id: "sqlite",
        versions: "SQLite 3; PostgreSQL 10+ (database)",
        ru: Card {
            title: "Базы данных: SQLite и PostgreSQL",
            reads: "Таблица, представление или запрос: в [[source]] укажите table или query. PostgreSQL — вместо path адрес в database; \
                    только чтение, одним снимком.",
            export: "SQLite: путь к файлу базы или её копии. PostgreSQL: database = \"postgres://пользователь@сервер:5432/база\", пароль — в \
                     переменной окружения PGPASSWORD или в той, что названа в password_env.",
            traps: &[
                "Пароль в файле проекта не допускается.",
                "База SQLite, открытая программой (рядом непустой -wal), не читается: снимите копию командой .backup.",
                "Соединение с PostgreSQL не шифруется: к серверу в другой сети идите через туннель SSH.",
                "В запросе укажите order by: без него сервер вправе отдать строки в любом порядке.",
            ],
        },
        en: Card {
            title: "Databases: SQLite and PostgreSQL",
            reads: "A table, a view or a query: name it by table or query in [[source]]. For PostgreSQL an address in database stands in place \
                    of path; it is only read, in one snapshot.",
            export: "SQLite: path to the file or a copy of it. PostgreSQL: database = \"postgres://user@server:5432/base\", the password in the \
                     environment variable PGPASSWORD or the one that password_env names.",
            traps: &[
                "A password in the project file is refused.",
                "An SQLite base that a program has open (a -wal beside it that is not empty) is not read: make a copy with .backup.",
                "The connection to PostgreSQL is not encrypted: go through an SSH tunnel to another network.",
                "Give a query an order by: without it the server may give rows in any order.",
            ],
        },
    },
    Guide {
        id: "csv",
        versions: "CSV, TSV, TXT",
        ru: Card {
            title: "Текст с разделителями",
            reads: "Списки любых систем. Кодировка, разделитель и строка заголовков находятся сами; реквизиты Битрикс24 отдельными \
                    строками присоединяются к своей компании.",
            export: "Битрикс24: CRM → «Компании» → меню списка → «Экспорт в CSV». amoCRM: «Контакты» → «…» → «Экспорт». 1С: список → \
                     «Ещё» → «Вывести список» → сохранить как текст.",
            traps: &[
                "Строка с незакрытой кавычкой попадает в карантин, остальные читаются.",
                "Отбор в списке означает неполную выгрузку, а в файле этого не видно.",
            ],
        },
        en: Card {
            title: "Delimited text",
            reads: "Lists of any system. Encoding, delimiter and heading are found; requisites that Bitrix24 writes on lines of their own \
                    are joined to their company.",
            export: "Bitrix24: CRM → Companies → menu of the list → Export to CSV. amoCRM: Contacts → “…” → Export. 1C: list → «Ещё» → \
                     «Вывести список» → save as text.",
            traps: &[
                "A row with an unclosed quote is quarantined, the others are read.",
                "A filter of the list makes a part of the export, and the file does not show it.",
            ],
        },
    },
    Guide {
        id: "xlsx",
        versions: "XLSX, XLSM",
        ru: Card {
            title: "Книга Excel",
            reads: "Все видимые листы с таблицей; заголовок находится под шапкой отчёта, группы и итоги отделяются.",
            export: "1С: список → «Ещё» → «Вывести список» → сохранить как XLSX. amoCRM: «Экспорт» → XLSX.",
            traps: &[
                "ИНН, телефон и счёт, записанные числом, теряют нули и знаки: что можно, восстанавливается по контрольной цифре, \
                 остальное показывается.",
                "В списке 1С нет пометки удаления и групп, если не добавить такие колонки.",
            ],
        },
        en: Card {
            title: "Excel workbook",
            reads: "All visible sheets with a table; the heading is found below the head of a report, groups and totals are set apart.",
            export: "1C: list → «Ещё» → «Вывести список» → save as XLSX. amoCRM: Export → XLSX.",
            traps: &[
                "INNs, phones and accounts kept as numbers lose zeros and digits: control digits restore what they can, the rest is shown.",
                "A list of 1C has neither deletion marks nor groups unless such columns are added.",
            ],
        },
    },
    Guide {
        id: "xls",
        versions: "BIFF 5, BIFF 8",
        ru: Card {
            title: "Книга Excel 97–2003",
            reads: "То же, что из XLSX.",
            export: "1С:Предприятие 8.2 и отчёты: сохранить как «Лист Excel 97».",
            traps: &["Файл .xls из Битрикс24 — таблица HTML, он читается как она."],
        },
        en: Card {
            title: "Excel 97–2003 workbook",
            reads: "The same as from XLSX.",
            export: "1C:Enterprise 8.2 and reports: save as «Лист Excel 97».",
            traps: &["An .xls of Bitrix24 is a table in HTML and read as such."],
        },
    },
    Guide {
        id: "dbf",
        versions: "dBASE III–IV, Clipper, FoxPro, Visual FoxPro",
        ru: Card {
            title: "DBF: 1С 7.7 и программы того времени",
            reads: "Таблица целиком; колонки распознаются по именам полей. Кодировка cp866 или windows-1251 — по содержимому.",
            export: "1С:Предприятие 7.7: обработка выгрузки справочника в DBF либо «Сохранить как…» из печатной формы с типом DBF.",
            traps: &[
                "Имя поля не длиннее десяти букв: «КОНТРАГЕНТ» может значить и наименование, и код; проверьте колонки командой inspect.",
                "Удалённая, но не упакованная запись читается с пометкой удаления.",
                "Тексты полей MEMO лежат в файле рядом (.DBT, .FPT): положите его в ту же папку; из архива они не читаются.",
            ],
        },
        en: Card {
            title: "DBF: 1C 7.7 and programs of its time",
            reads: "The whole table; columns are recognised by the names of fields. The content tells cp866 from windows-1251.",
            export: "1C:Enterprise 7.7: a data processor that writes the catalogue to DBF, or «Сохранить как…» of a printed form.",
            traps: &[
                "The name of a field has ten letters at most: look at the columns with inspect.",
                "A record that is deleted and not packed is read with its deletion mark.",
                "Texts of MEMO fields lie in a file beside the table (.DBT, .FPT): keep it in the same folder; from an archive they are not read.",
            ],
        },
    },
    Guide {
        id: "ods",
        versions: "OpenDocument 1.0–1.3",
        ru: Card {
            title: "Книга LibreOffice",
            reads: "То же, что из XLSX.",
            export: "Сохранить как ODS в LibreOffice или из 1С.",
            traps: &["Числа вместо ИНН и телефонов — как в XLSX."],
        },
        en: Card {
            title: "LibreOffice workbook",
            reads: "The same as from XLSX.",
            export: "Save as ODS in LibreOffice or 1C.",
            traps: &["Numbers instead of INNs and phones, as in XLSX."],
        },
    },
    Guide {
        id: "json",
        versions: "JSON, NDJSON (JSON Lines)",
        ru: Card {
            title: "JSON со списком записей",
            reads: "Список объектов, объекты построчно, список внутри ответа ({\"data\": […]}). Вложенные поля становятся колонками вида \
                    address.city.",
            export: "Любая система, которая отдаёт список записей в JSON.",
            traps: &[
                "Что это за записи, скажите сами: entity = \"counterparty\" или \"contact\" в [[source]].",
                "Колонки с незнакомыми названиями укажите в [source.columns], например inn = \"taxpayer.inn\".",
            ],
        },
        en: Card {
            title: "JSON with a list of records",
            reads: "A list of objects, an object a line, a list inside an answer ({\"data\": […]}). Nested fields become columns like \
                    address.city.",
            export: "Any system that gives a list of records in JSON.",
            traps: &[
                "Say what the records are: entity = \"counterparty\" or \"contact\" in [[source]].",
                "Name columns with unknown headings in [source.columns], for example inn = \"taxpayer.inn\".",
            ],
        },
    },
    Guide {
        id: "zip",
        versions: "ZIP (deflate)",
        ru: Card {
            title: "Архив ZIP",
            reads: "Все файлы архива в форматах этой страницы, как если бы они лежали в папке.",
            export: "Пакет CommerceML из 1С, папка страниц REST.",
            traps: &[
                "Архив с паролем и архив внутри архива распакуйте сами.",
                "Картинки и другие файлы без таблиц называются и пропускаются.",
            ],
        },
        en: Card {
            title: "ZIP archive",
            reads: "All files of the archive in the formats of this page, as if they lay in a folder.",
            export: "A CommerceML package of 1C, a folder of REST pages.",
            traps: &[
                "Unpack archives with a password and archives in archives yourself.",
                "Pictures and other files without tables are named and passed over.",
            ],
        },
    },
    Guide {
        id: "gzip",
        versions: "gzip",
        ru: Card {
            title: "Файл, сжатый gzip",
            reads: "Один файл в любом из форматов этой страницы.",
            export: "Выгрузки серверных скриптов: companies.csv.gz, pages.json.gz.",
            traps: &["Сжатие больше чем в 200 раз считается «бомбой» и не распаковывается."],
        },
        en: Card {
            title: "Gzip file",
            reads: "One file in any format of this page.",
            export: "Exports of scripts on a server: companies.csv.gz, pages.json.gz.",
            traps: &["What is packed more than 200 times is taken for a bomb and not unpacked."],
        },
    },
];

/// Files that are recognised and not read, and what to do: Russian, English.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "Титул покупателя УПД, УКД (ФНС XML)",
        "укажите титул продавца (ON_NSCHFDOPPR…)",
        "name the title of the seller (ON_NSCHFDOPPR…)",
    ),
    (
        "OData $metadata",
        "это описание данных; сохраните ответ Catalog_Контрагенты?$format=json",
        "a description of data; save the answer of Catalog_Контрагенты?$format=json",
    ),
    ("MXL", "откройте в 1С и сохраните как XLSX", "open it in 1C and save as XLSX"),
    ("DT, 1CD", "загрузите базу в 1С и выгрузите списки", "load the base into 1C and export lists"),
    ("XLSB, XML Excel 2003, Word, PDF", "сохраните таблицу как XLSX или CSV", "save the table as XLSX or CSV"),
    ("RAR, 7z, bzip2, Zstandard", "распакуйте и укажите файлы", "unpack it and name the files"),
];

/// A text that Markdown shows as it stands, in a table cell too.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '*' | '_' | '<' | '>' | '`' | '\\' | '[' | ']' | '#') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// The page of the formats: a table of contents, what each gives, and what is not read.
pub fn markdown(lang: Lang) -> String {
    let mut page = String::from(lang.pick(
        "# Форматы\n\nСтраница построена из программы, руками её не правят. Формат определяется по содержимому файла, а не по имени; \
         указать его можно и прямо: `format = \"…\"` в `[[source]]`. Что программа видит в файле, показывает `sverka inspect ФАЙЛ`.\n",
        "# Formats\n\nThis page is made of the program and never edited by hand. A format is told by the content of a file and not by \
         its name; `format = \"…\"` in `[[source]]` names it outright. `sverka inspect FILE` shows what the program sees in a file.\n",
    ));
    let header = lang.pick("| Формат | Что это | Версии |", "| Format | What it is | Versions |");
    let _ = write!(page, "\n{header}\n|---|---|---|\n");
    let card = |guide: &'static Guide| match lang {
        Lang::Ru => &guide.ru,
        Lang::En => &guide.en,
    };
    for guide in GUIDES {
        let title = escape(card(guide).title);
        let _ = writeln!(page, "| [`{0}`](#{0}) | {title} | {1} |", guide.id, escape(guide.versions));
    }
    for guide in GUIDES {
        let card = card(guide);
        let _ = write!(page, "\n## {}\n\n**{}** · {}\n", guide.id, escape(card.title), escape(guide.versions));
        let parts = [
            (lang.pick("Что читается", "What is read"), card.reads),
            (lang.pick("Как выгрузить", "How to export it"), card.export),
        ];
        for (heading, body) in parts {
            let _ = write!(page, "\n*{heading}.* {}\n", escape(body));
        }
        let _ = write!(page, "\n*{}.*\n\n", lang.pick("На что обратить внимание", "Watch for"));
        for trap in card.traps {
            let _ = writeln!(page, "- {}", escape(trap));
        }
    }
    let heading = lang.pick("## Узнаются, но не читаются", "## Recognised and not read");
    let header = lang.pick("| Файл | Что делать |", "| File | What to do |");
    let _ = write!(page, "\n{heading}\n\n{header}\n|---|---|\n");
    for (file, ru, en) in REFUSED {
        let _ = writeln!(page, "| {} | {} |", escape(file), escape(lang.pick(ru, en)));
    }
    page
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::ingest::FORMATS;

    #[test]
    fn committed_pages_are_fresh() {
        for (path, expected) in [("docs/formats.md", markdown(Lang::En)), ("docs/formats.ru.md", markdown(Lang::Ru))] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::write(&path, &expected).unwrap();
            }
            let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
            let line = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
            assert!(
                found == expected,
                "{} is stale from line {line:?}: run the tests with UPDATE_GOLDEN=1",
                path.display()
            );
        }
    }

    #[test]
    fn every_format_is_described_once_in_both_languages() {
        for format in FORMATS {
            assert!(GUIDES.iter().any(|g| g.id == format.id()), "{} has no guide", format.id());
        }
        assert_eq!(GUIDES.len(), FORMATS.len());
        for guide in GUIDES {
            assert_eq!(GUIDES.iter().filter(|g| g.id == guide.id).count(), 1, "{}", guide.id);
            assert_eq!(guide.ru.traps.len(), guide.en.traps.len(), "{}", guide.id);
            for card in [&guide.ru, &guide.en] {
                assert!(
                    !card.title.ends_with('.') && card.reads.ends_with('.') && card.export.ends_with('.'),
                    "{}",
                    guide.id
                );
                assert!(card.traps.iter().all(|trap| trap.ends_with('.')), "{}", guide.id);
            }
        }
    }
}
