//! Deals, documents, goods, payments and stock of CRMs through reading and mapping: how many, and what refers to what.

use sverka::model::{Entity, Field, Side, Snapshot};

use super::readers_tree_joined::side;

fn crm(files: &[&str]) -> Snapshot {
    side(Side::Crm, &[("", files)]).unwrap().0
}

/// Records of each entity that has some.
fn counts(snapshot: &Snapshot) -> Vec<(&'static str, usize)> {
    let all = Entity::ALL.iter().filter(|e| !e.is_party());
    all.map(|&e| (e.as_str(), snapshot.book(e).len())).filter(|(_, n)| *n > 0).collect()
}

/// A field of all records of an entity: `id=text`.
fn texts(snapshot: &Snapshot, entity: Entity, field: Field) -> Vec<String> {
    let book = snapshot.book(entity);
    (0..book.len()).map(|at| format!("{}={}", book.raw.id(at), book.text(field, at))).collect()
}

/// What a field refers to: `id>entity:id`.
fn targets(snapshot: &Snapshot, entity: Entity, field: Field) -> Vec<String> {
    let book = snapshot.book(entity);
    let name = |at: usize| match book.reference(field, at) {
        None => "-".to_owned(),
        Some(r) if r.is_party() => {
            format!("{}:{}", snapshot.parties.raw.entity[r.at()], snapshot.parties.raw.id(r.at()))
        }
        Some(r) => {
            let target = snapshot.books.iter().find(|b| b.space() == r.space).unwrap();
            format!("{}:{}", target.entity, target.raw.id(r.at()))
        }
    };
    (0..book.len()).map(|at| format!("{}>{}", book.raw.id(at), name(at))).collect()
}

#[test]
fn bitrix24_deals_with_rows_and_stages() {
    let snapshot =
        crm(&["b24-deals-old-and-item.json", "b24-productrows-of-owners.json", "b24-invoices-old-and-smart.json"]);
    assert_eq!(counts(&snapshot), [("deal", 4), ("document", 4), ("line", 5), ("payment", 3)]);
    // Without a dictionary stages stay codes.
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Stage)[..2], ["501=NEW", "502=C5:WON"]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Amount)[2..], ["503=1200.1", "504=99999999.99"]);
    assert_eq!(
        targets(&snapshot, Entity::Line, Field::DocumentId),
        // Numbers of deals, smart and old invoices may be equal; what does not say whose it is finds what there is.
        ["I_21>document:I_2", "5>deal:501", "6>deal:501", "17>document:9", "19>deal:501"]
    );
    assert_eq!(targets(&snapshot, Entity::Document, Field::BasisId), ["9>deal:501", "10>-", "I_1>-", "I_2>-"]);
    assert_eq!(texts(&snapshot, Entity::Document, Field::Amount), ["9=35000.5", "10=0", "I_1=1200.00", "I_2=150.00"]);
    assert_eq!(texts(&snapshot, Entity::Document, Field::PartyInn)[3], "I_2=7700990010");
    assert_eq!(targets(&snapshot, Entity::Payment, Field::BasisId)[2], "1038>deal:501");
    assert_eq!(texts(&snapshot, Entity::Payment, Field::Posted), ["1036=Y", "1037=N", "1038=Y"]);
    // A basket is no id of another system.
    assert_eq!(texts(&snapshot, Entity::Line, Field::ExternalId)[1], "5=");
}

#[test]
fn bitrix24_stages_get_the_names_people_see() {
    let snapshot =
        crm(&["b24-deals-old-and-item.json", "b24-invoices-old-and-smart.json", "b24-stages-and-items.json"]);
    assert_eq!(
        texts(&snapshot, Entity::Deal, Field::Stage),
        // NEW has two names in the files.
        ["501=NEW", "502=Оплачено", "503=C5:NEW", "504=C5:NEW"]
    );
    assert_eq!(texts(&snapshot, Entity::Document, Field::Stage)[..2], ["9=Оплачен", "10=DT31_11:N"]);
    assert_eq!(snapshot.sources[0].not_used, [("crm.item.179".to_owned(), 1), ("crm.stagehistory".to_owned(), 1)]);
    // The project says what a smart process holds.
    let (snapshot, _) = side(Side::Crm, &[("object", &["b24-stages-and-items.json"])]).unwrap();
    assert_eq!(counts(&snapshot), [("object", 1)]);
    // A dictionary alone is a source without records.
    let deals = ("", &["b24-deals-gap.json"][..]);
    let (snapshot, checks) = side(Side::Crm, &[deals, ("", &["b24-stages-and-items.json"])]).unwrap();
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Stage), ["1=NEW", "2=NEW"]);
    // A page that failed, one that came twice, and a total of six.
    assert!(snapshot.is_partial() && checks.contains(&"snap-truncated".to_owned()), "{checks:?}");
}

#[test]
fn goods_of_each_deal_are_whole_or_not() {
    let deals = "b24-two-deals.json";
    let (first, second) = ("b24-rows-of-deal-1.json", "b24-rows-of-deal-2.json");
    let source = |rows: &[&str]| side(Side::Crm, &[("deal", &[&[deals], rows].concat())]).unwrap();
    // Five rows stand in the files, and no answer names more than three: only by deal is one missing.
    let (snapshot, checks) = source(&[first, second]);
    assert_eq!(counts(&snapshot), [("deal", 2), ("line", 5)]);
    assert_eq!(snapshot.sources[0].declared_total, Some(8));
    assert!(snapshot.is_partial() && checks.contains(&"snap-truncated".to_owned()), "{checks:?}");
    // The same page once more is not the missing one.
    assert!(source(&[first, second, first]).0.is_partial());
    let (snapshot, checks) = source(&[first, second, "b24-rows-of-deal-1-page-2.json"]);
    assert!(!snapshot.is_partial() && !checks.contains(&"snap-truncated".to_owned()), "{checks:?}");
}

#[test]
fn dictionaries_alone_are_no_empty_list() {
    let stages = ("", &["b24-stages.json"][..]);
    let (_, checks) = side(Side::Crm, &[("counterparty", &["b24-company-list-page1.json"]), stages]).unwrap();
    assert!(!checks.contains(&"snap-empty-table".to_owned()), "{checks:?}");
}

#[test]
fn a_list_of_deals_of_amocrm_needs_no_entity() {
    let snapshot = crm(&["amo-leads-list.csv"]);
    assert_eq!(counts(&snapshot), [("deal", 2)]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Stage), ["401=Первичный контакт", "402=Успешно реализовано"]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Amount), ["401=150000", "402=0"]);
}

#[test]
fn bitrix24_goods_stores_and_stock() {
    let snapshot = crm(&["b24-catalogue-and-stock.json"]);
    assert_eq!(counts(&snapshot), [("product", 3), ("price", 1), ("unit", 1), ("warehouse", 1), ("stock", 2)]);
    assert_eq!(texts(&snapshot, Entity::Product, Field::Unit), ["450=шт", "451=", "12=шт"]);
    assert_eq!(texts(&snapshot, Entity::Product, Field::VatRate), ["450=", "451=", "12="]);
    assert_eq!(texts(&snapshot, Entity::Stock, Field::Quantity), ["11=54", "13=-3.5"]);
    assert_eq!(targets(&snapshot, Entity::Stock, Field::WarehouseId), ["11>warehouse:1", "13>warehouse:1"]);
    assert_eq!(targets(&snapshot, Entity::Price, Field::ProductId), ["381>product:450"]);
}

#[test]
fn amocrm_deals_goods_and_invoices() {
    let snapshot = crm(&["amo-v4-leads-and-stages.json", "amo-v4-goods-and-invoices.json"]);
    assert_eq!(counts(&snapshot), [("product", 2), ("deal", 2), ("document", 1), ("line", 3)]);
    assert_eq!(
        texts(&snapshot, Entity::Deal, Field::Stage),
        ["901=Успешно реализовано", "902=Закрыто и не реализовано"]
    );
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Amount), ["901=7000000", "902="]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Pipeline), ["901=Продажи", "902=Продажи"]);
    assert_eq!(texts(&snapshot, Entity::Document, Field::PartyInn), ["6001=7700990010"]);
    assert_eq!(texts(&snapshot, Entity::Document, Field::Organisation), ["6001=ООО Своё"]);
    assert_eq!(targets(&snapshot, Entity::Document, Field::BasisId), ["6001>deal:901"]);
    assert_eq!(
        targets(&snapshot, Entity::Line, Field::ProductId),
        ["document:6001#1>product:5001", "document:6001#2>-", "deal:901#1>product:5001"]
    );
    assert_eq!(
        texts(&snapshot, Entity::Line, Field::Price),
        ["document:6001#1=150.5", "document:6001#2=0", "deal:901#1="]
    );
    // The first page of two.
    assert!(snapshot.is_partial());
    let snapshot = crm(&["amo-v2-leads.json", "amo-v2-account.json"]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Stage), ["14=Переговоры"]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Amount), ["14=105"]);
}

#[test]
fn retailcrm_orders_payments_and_stock() {
    let snapshot = crm(&["retail-orders.json", "retail-goods-and-stock.json", "retail-references.json"]);
    assert_eq!(
        counts(&snapshot),
        [("product", 3), ("unit", 1), ("warehouse", 1), ("stock", 3), ("deal", 2), ("line", 3), ("payment", 2)]
    );
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Stage), ["7141=assembling", "7142=Новый"]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Amount), ["7141=601.5", "7142="]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::PaidAmount)[0], "7141=0");
    assert_eq!(texts(&snapshot, Entity::Deal, Field::PartyInn)[0], "7141=7700990010");
    assert_eq!(
        targets(&snapshot, Entity::Line, Field::ProductId),
        ["11301>product:61121", "11301/2>product:61121", "11302>product:61122"]
    );
    assert_eq!(targets(&snapshot, Entity::Payment, Field::BasisId), ["4326>deal:7141", "4327>deal:7141"]);
    assert_eq!(targets(&snapshot, Entity::Stock, Field::WarehouseId)[0], "61121@main>warehouse:main");
    assert_eq!(snapshot.own.len(), 1);
    // An order that a program sent is no list of orders; of three offers in stock two are here.
    assert!(snapshot.is_partial() && crm(&["retail-order-uploaded.json"]).is_partial());
}

#[test]
fn catalogues_and_property() {
    let snapshot = crm(&["icml-goods.xml"]);
    assert_eq!(texts(&snapshot, Entity::Product, Field::Article), ["115=00789", "116="]);
    assert_eq!(texts(&snapshot, Entity::Product, Field::Barcode)[0], "115=012485\n012486");
    let snapshot = crm(&["profitbase-units.json"]);
    assert_eq!(counts(&snapshot), [("object", 2)]);
    assert_eq!(texts(&snapshot, Entity::Object, Field::Building)[0], "9001=Корпус 1");
    assert_eq!(texts(&snapshot, Entity::Object, Field::AreaBti)[0], "9001=38,6");
    assert_eq!(texts(&snapshot, Entity::Object, Field::Price), ["9001=7000000", "9002="]);
}

#[test]
fn a_list_with_goods_loads_each_deal_once() {
    let snapshot = crm(&["b24-deals-with-goods.csv"]);
    assert_eq!(counts(&snapshot), [("deal", 3), ("line", 4)]);
    assert_eq!(texts(&snapshot, Entity::Deal, Field::Amount), ["501=35150.50", "502=120000.00", "503="]);
    // Two equal rows of goods are two.
    assert_eq!(
        targets(&snapshot, Entity::Line, Field::DocumentId),
        ["deal:501#1>deal:501", "deal:501#2>deal:501", "deal:501#3>deal:501", "deal:503#1>deal:503"]
    );
    assert_eq!(snapshot.sources[0].counts.left_out_total(), 0);
}

/// Names in place of numbers, wherever the users stand: in the source or in another of the side.
#[test]
fn users_have_names() {
    let of = |files: &[&str], entity: Entity| -> Vec<String> {
        let snapshot = crm(files);
        if entity.is_party() {
            let raw = &snapshot.parties.raw;
            return (0..raw.len()).map(|at| format!("{}={}", raw.id(at), raw.get(Field::Responsible, at))).collect();
        }
        texts(&snapshot, entity, Field::Responsible)
    };
    // Two of one name are told apart by their numbers; nobody says who 44 is.
    assert_eq!(
        of(&["b24-companies-with-own-fields.json", "b24-users.json"], Entity::Counterparty),
        ["301=Кротов Иван (7)", "302=44"]
    );
    assert_eq!(of(&["b24-companies-with-own-fields.json"], Entity::Counterparty), ["301=7", "302=44"]);
    let users = crm(&["amo-v4-leads.json", "amo-v4-users.json"]).users;
    assert_eq!(users, [("501", "Вера Ильина"), ("502", "Робот")].map(|(id, name)| (id.to_owned(), name.to_owned())));
    let users = crm(&["retail-orders.json", "retail-users-and-fields.json"]).users;
    assert_eq!(users, [("28", "Ильина Вера"), ("29", "Робот")].map(|(id, name)| (id.to_owned(), name.to_owned())));
}

/// A description of fields serves records of another file.
#[test]
fn own_fields_are_known_by_their_titles() {
    let inns = |files: &[&str]| {
        let snapshot = crm(files);
        let raw = &snapshot.parties.raw;
        (0..raw.len()).map(|at| format!("{}/{}", raw.get(Field::Inn, at), raw.get(Field::Kpp, at))).collect::<Vec<_>>()
    };
    assert_eq!(inns(&["b24-companies-with-own-fields.json", "b24-company-fields.json"]), ["7700990028/770001001", "/"]);
    assert_eq!(inns(&["b24-companies-with-own-fields.json"]), ["/", "/"]);
    // amoCRM: records that give their fields by number.
    let parties = crm(&["amo-v4-fields-and-nameless.json"]).parties;
    let of = |field| parties.raw.get(field, 0);
    let got = [Field::Phone, Field::Inn, Field::Position].map(of);
    assert_eq!(got, ["+79440000001", "500100732259", "директор"]);
}

/// The catalogue that a shop gave to RetailCRM and the answers of its API name one offer by different ids.
#[test]
fn offers_of_the_catalogue_and_of_the_api_are_one_product() {
    for sources in [
        vec![("", &["icml-and-api.xml", "retail-goods-and-stock.json"][..])],
        vec![("", &["icml-and-api.xml"][..]), ("", &["retail-goods-and-stock.json"][..])],
    ] {
        let snapshot = side(Side::Crm, &sources).unwrap().0;
        let products = texts(&snapshot, Entity::Product, Field::Name);
        assert_eq!(products, ["61121=Плитка, красная", "off-7=Затирка", "61123=Плитка, синяя", "61122=Затирка"]);
        // What the API does not tell stands in the catalogue.
        assert_eq!(texts(&snapshot, Entity::Product, Field::Article)[0], "61121=00-0451");
    }
}
