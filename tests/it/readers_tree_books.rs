//! Goods, documents and payments of 1C formats through reading and mapping: which entity, which field, whose line.

use sverka::model::{Entity, Field, Side, Snapshot};

use super::readers_tree_joined::side;

fn onec(files: &[&str]) -> Snapshot {
    let (snapshot, _) = side(Side::Onec, &[("", files)]).unwrap();
    snapshot
}

/// The filled fields of the records of an entity, and the ids of the records that they refer to.
fn book(snapshot: &Snapshot, entity: Entity) -> Vec<String> {
    let book = snapshot.book(entity);
    let row = |at: usize| {
        let mut parts = Vec::new();
        for &field in Field::ALL {
            let text = book.text(field, at);
            if !text.is_empty() {
                parts.push(format!("{}={}", field.code(), text.replace('\n', "⏎")));
            }
            if let Some(to) = book.reference(field, at) {
                parts.push(format!("→{}", snapshot.records(to.space).id(to.at())));
            }
        }
        parts.join(" ")
    };
    (0..book.len()).map(row).collect()
}

#[test]
fn a_package_of_goods_is_joined_by_id() {
    let snapshot = onec(&["cml-31-import.xml", "cml-207-offers-utf16.xml", "cml-31-rests.xml"]);
    assert_eq!(
        book(&snapshot, Entity::Product),
        [
            "id=g1#c1 name=Доска (5 м) product_id=g1 →g1 article=007 variant=Длина: 5 м",
            "id=g2 name=Брус group_id=Лес deleted=true barcode=0460000000001",
            "id=g1 kind=Товар name=Доска \"А\" full_name=Доска обрезная group_id=r2 vat_rate=Без НДС article=00012 unit=шт coefficient=796 = 1",
        ]
    );
    assert_eq!(
        book(&snapshot, Entity::Stock),
        [
            "id=g1#c1@w1 product_id=g1#c1 →g1#c1 quantity=3 warehouse_id=w1 →w1 warehouse_name=Основной",
            "id=g1#c1@w9 product_id=g1#c1 →g1#c1 quantity=2 warehouse_id=w9",
            "id=g2 product_id=g2 →g2 quantity=7.500",
            "id=g1@w1 product_id=g1 →g1 quantity=0 warehouse_id=w1 →w1",
            "id=g1@w2 product_id=g1 →g1 quantity=-4 warehouse_id=w2",
            "id=g2~2 product_id=g2 →g2 quantity=1",
        ]
    );
    let price = "id=g1#c1@Опт currency=RUB product_id=g1#c1 →g1#c1 unit=шт coefficient=1 price=1496.00 price_type=Опт";
    assert_eq!(book(&snapshot, Entity::Price), [price]);
    assert_eq!(book(&snapshot, Entity::Warehouse), ["id=w1 name=Основной address=Тверь deleted=true"]);
    assert_eq!(book(&snapshot, Entity::Unit), ["id=u1 code=166 name=кг full_name=Килограмм"]);
}

#[test]
fn documents_of_an_exchange_with_a_site() {
    let snapshot = onec(&["cml-209-documents.xml"]);
    assert_eq!(
        book(&snapshot, Entity::Document),
        [
            "id=142 external_id=142 kind=Заказ товара deleted=false number=ТД-000001 date=2026-11-03 party_id=p1 →p1 \
             party_name=ООО «Осина» party_inn=7700990028 party_kpp=770001001 stage=[P] Оплачен amount=8186.8400 \
             vat_amount=1248.84 vat_included=false currency=RUB currency_rate=1.0000 posted=true warehouse_id=w1 \
             warehouse_name=Основной",
            "id=143 deleted=true",
        ]
    );
    assert_eq!(
        book(&snapshot, Entity::Line),
        [
            "id=142#1 document_id=142 →142 amount=6676 vat_amount=1335.2 vat_rate=20 vat_included=false line_number=1 \
             product_id=g1#c1 product_name=Доска (5 м) unit=шт coefficient=1 quantity=2 price=3338 discount=5",
            "id=142#2 document_id=142 →142 amount=300.00 line_number=2 product_id=ORDER_DELIVERY \
             product_name=Доставка \"до двери\" quantity=1.0000 price=300.0000",
        ]
    );
    let payment =
        "id=p5 kind=Выплата безналичных денег number=ТД-000005 date=2026-11-03 basis_id=142 →142 amount=8186.84";
    assert_eq!(book(&snapshot, Entity::Payment), [payment]);
}

#[test]
fn payments_of_a_bank() {
    let snapshot = onec(&["clbank-102-dos-cp866.txt"]);
    let shown: Vec<String> = book(&snapshot, Entity::Payment);
    assert_eq!(
        shown[0],
        "id=40702810000000000055/40702810000000000001/000017/02.11.2026/500.50 kind=Платежное поручение number=000017 \
         date=03.11.2026 party_name=ООО \"Осина\" party_inn=7700990028 party_kpp=770001001 amount=500.50 \
         purpose=Оплата по счёту 12 от 01.11.2026 в т.ч. НДС (20%)=83-42 party_account=40702810000000000055 \
         own_account=40702810000000000001 incoming=true"
    );
    assert!(shown[1].contains("party_name=БАНК ") && shown[1].ends_with("incoming=false"), "{}", shown[1]);
    assert_eq!(shown.len(), 3);
}

#[test]
fn documents_and_payments_of_enterprise_data() {
    let snapshot = onec(&["ed-121-goods-and-payments.xml", "ed-121-message.xml"]);
    assert_eq!(
        book(&snapshot, Entity::Product),
        [
            "id=n1 code=00-00000012 kind=Товар name=Доска full_name=Доска обрезная group_id=f1 vat_rate=НДС20 article=007 unit=шт"
        ]
    );
    assert_eq!(
        book(&snapshot, Entity::Contract),
        ["id=k1 kind=СПокупателем name=15 от 01.02.2026 number=15 date=2026-02-01 party_id=c1 →c1 party_name=Осина"]
    );
    assert_eq!(
        book(&snapshot, Entity::Payment),
        [
            "id=b1 kind=ПБДСРасчетыСКонтрагентами number=0000-000077 date=2026-11-05T12:00:00 party_id=7700990028/770001001 \
          →7700990028/770001001 party_name=Осина party_inn=7700990028 party_kpp=770001001 organisation=Наша basis_id=z1 amount=500.5 \
          currency=руб. purpose=Оплата по счёту 12 incoming=true incoming_number=17 incoming_date=2026-11-04"
        ]
    );
    assert_eq!(
        book(&snapshot, Entity::Document)[0],
        "id=1/2026-10-01T00:00:00 kind=РеализацияТоваровУслуг number=1 date=2026-10-01T00:00:00 party_id=7700990035/770001001 \
         →7700990035/770001001 party_name=Вяз party_inn=7700990035 party_kpp=770001001 amount=100"
    );
}

#[test]
fn documents_balances_and_receipts_of_odata() {
    let snapshot = onec(&["odata-sales-page.json", "odata-stock-balance.json"]);
    assert_eq!(
        book(&snapshot, Entity::Document),
        [
            "id=d1 kind=РеализацияТоваровУслуг deleted=false number=0000-000012 date=2026-11-02T10:00:00 party_id=c1 \
             organisation=o1 basis_id=z1 amount=1234.50 posted=true",
            "id=d2 kind=РеализацияТоваровУслуг deleted=true number=0000-000013 party_id=c2 amount=0 posted=false",
        ]
    );
    assert_eq!(
        book(&snapshot, Entity::Line),
        [
            "id=d1#Товары#1 document_id=d1 →d1 amount=1234.5 vat_rate=НДС20 line_number=1 product_id=n1 quantity=2 price=0.1",
            "id=d1#Товары#2 document_id=d1 →d1 amount=0 line_number=2 product_id=n2 quantity=1.000",
            "id=d1#Услуги#1 document_id=d1 →d1 line_number=1 product_name=Доставка",
        ]
    );
    assert_eq!(
        book(&snapshot, Entity::Stock),
        ["id=n1@w1 product_id=n1 quantity=5 warehouse_id=w1", "id=n2@w1 product_id=n2 quantity=-1.500 warehouse_id=w1"]
    );
    let snapshot = onec(&["atom-receipts.xml"]);
    assert_eq!(
        book(&snapshot, Entity::Payment),
        [
            "id=b1 kind=ПоступлениеНаРасчетныйСчет number=0000-000077 date=2026-11-05T12:00:00 amount=500.5 incoming=true"
        ]
    );
}

#[test]
fn transfer_documents_of_the_tax_service() {
    let snapshot = onec(&["fns-upd-501-seller.xml"]);
    assert_eq!(
        book(&snapshot, Entity::Document),
        ["id=ON_NSCHFDOPPR_2_1_20261102_a kind=СчетФактура number=0005 date=01.11.2026 party_name=Филиппов Фёдор \
          party_inn=770099001000 organisation=АО Наша basis_name=15 amount=130.00 vat_amount=20.00 currency=643"]
    );
    assert_eq!(
        book(&snapshot, Entity::Line)[0],
        "id=ON_NSCHFDOPPR_2_1_20261102_a#1 document_id=ON_NSCHFDOPPR_2_1_20261102_a →ON_NSCHFDOPPR_2_1_20261102_a \
         amount=120.00 vat_amount=20.00 vat_rate=20% line_number=1 product_id=007 product_name=Доска > 2.0 м unit=шт \
         quantity=2.000 price=50.00"
    );
}

/// Without metadata an answer does not say what its documents are; their sections are lines all the same.
#[test]
fn documents_of_odata_without_metadata_keep_their_lines() {
    let (snapshot, _) = side(Side::Onec, &[("document", &["odata-nometadata-documents.json"])]).unwrap();
    let lines = book(&snapshot, Entity::Line);
    let id = "21dda1c5-8c44-11db-a9b0-0000000000d1";
    assert_eq!(
        lines,
        [
            format!(
                "id={id}#Товары#1 document_id={id} →{id} amount=1234.5 line_number=1 product_id=n1 quantity=2 price=0.1"
            ),
            format!(
                "id={id}#Товары#2 document_id={id} →{id} amount=0 line_number=2 product_id=n2 quantity=1.000 price=0"
            ),
        ]
    );
    assert_eq!(snapshot.book(Entity::Document).len(), 2);
    // The name of a file says what was asked for.
    let named = onec(&["Document_РеализацияТоваровУслуг_2.json"]);
    assert_eq!(named.book(Entity::Document).text(Field::Kind, 0), "РеализацияТоваровУслуг");
    assert_eq!(book(&named, Entity::Line), lines);
}

/// `РасшифровкаПлатежа` says which documents a receipt pays, and how much of it.
#[test]
fn parts_of_a_receipt_are_its_shares() {
    let snapshot = onec(&["odata-sales-page.json", "odata-receipts-in-parts.json"]);
    let payments = snapshot.book(Entity::Payment);
    assert_eq!(payments.text(Field::Parts, 0), "d1=1000.5\nd2=400\n=100");
    assert_eq!((payments.text(Field::Parts, 1), payments.text(Field::BasisId, 1)), ("", "d1"));
    let order = snapshot.book(Entity::Document);
    let manager = (0..order.len()).find(|&at| order.raw.id(at) == "z1").unwrap();
    assert_eq!(order.text(Field::Responsible, manager), "Ильина Вера Петровна");
}
