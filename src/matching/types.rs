//! What matching gives to the stages after it.

use std::borrow::Cow;

use crate::model::{Field, Lang, RecordRef, Side, Snapshots, TextColumn};

/// Where a link stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    Cross,
    Within(Side),
}

impl Scope {
    /// `cross`, `crm` or `onec`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Cross => "cross",
            Scope::Within(side) => side.as_str(),
        }
    }

    pub fn of(a: RecordRef, b: RecordRef) -> Scope {
        if a.side == b.side { Scope::Within(a.side) } else { Scope::Cross }
    }
}

/// What becomes of a scored pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Decision {
    /// Merged or linked without a person.
    Auto,
    /// Shown to a person.
    Review,
    /// Forbidden by a veto, or refused by a person.
    Rejected,
    /// Confirmed by a person.
    Accepted,
}

impl Decision {
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Auto => "auto",
            Decision::Review => "review",
            Decision::Rejected => "rejected",
            Decision::Accepted => "accepted",
        }
    }

    /// The pair counts as one party.
    pub fn links(self) -> bool {
        matches!(self, Decision::Auto | Decision::Accepted)
    }
}

/// A rule of the domain that forbids a merge whatever the weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Veto {
    /// Two different valid INNs.
    InnDiffers,
    /// One INN, two different valid KPPs: a branch (largest-taxpayer KPPs, reason 50, excepted).
    Branch,
    /// Numbers in the names differ («Аптека № 5» and «Аптека № 6»).
    NumberDiffers,
    /// Dates of birth differ.
    BirthDateDiffers,
    /// Patronymics, or given names, contradict: relatives or namesakes.
    PersonDiffers,
    /// A legal entity against a natural person.
    KindDiffers,
    /// Only a shared phone or mailbox speaks for the pair.
    SharedContactOnly,
    /// One of the records is an own organisation.
    OwnOrganisation,
    /// Two different valid OGRNs while no INN agrees.
    OgrnDiffers,
    /// Identifiers of the other system point at two different records.
    ExternalIdDiffers,
    /// A union would put two records that exclude each other into one cluster.
    ClusterConflict,
    /// A person said no.
    Refused,
    /// A person said that it is one party and both cards are needed.
    Kept,
}

impl Veto {
    pub const ALL: [Veto; 13] = [
        Veto::InnDiffers,
        Veto::Branch,
        Veto::NumberDiffers,
        Veto::BirthDateDiffers,
        Veto::PersonDiffers,
        Veto::KindDiffers,
        Veto::SharedContactOnly,
        Veto::OwnOrganisation,
        Veto::OgrnDiffers,
        Veto::ExternalIdDiffers,
        Veto::ClusterConflict,
        Veto::Refused,
        Veto::Kept,
    ];

    /// Value of the column `veto`.
    pub fn as_str(self) -> &'static str {
        match self {
            Veto::InnDiffers => "inn-differs",
            Veto::Branch => "branch",
            Veto::NumberDiffers => "number-differs",
            Veto::BirthDateDiffers => "birth-date-differs",
            Veto::PersonDiffers => "person-differs",
            Veto::KindDiffers => "kind-differs",
            Veto::SharedContactOnly => "shared-contact-only",
            Veto::OwnOrganisation => "own-organisation",
            Veto::OgrnDiffers => "ogrn-differs",
            Veto::ExternalIdDiffers => "external-id-differs",
            Veto::ClusterConflict => "cluster-conflict",
            Veto::Refused => "refused",
            Veto::Kept => "kept",
        }
    }

    /// Reason for a person.
    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Veto::InnDiffers => {
                ("разные действующие ИНН — это разные организации", "two different valid INNs: two organisations")
            }
            Veto::Branch => (
                "один ИНН, разные КПП — головная организация и филиал",
                "one INN, two KPPs: a head office and a branch",
            ),
            Veto::NumberDiffers => ("разные номера в названии", "numbers in the names differ"),
            Veto::BirthDateDiffers => ("разные даты рождения", "dates of birth differ"),
            Veto::PersonDiffers => (
                "имя или отчество противоречат — родственники или однофамильцы",
                "given name or patronymic contradicts: relatives or namesakes",
            ),
            Veto::KindDiffers => ("организация и физическое лицо", "an organisation and a person"),
            Veto::SharedContactOnly => {
                ("совпадает только общий телефон или почта", "only a shared phone or mailbox agrees")
            }
            Veto::OwnOrganisation => ("своя организация", "an own organisation"),
            Veto::OgrnDiffers => ("разные ОГРН", "OGRNs differ"),
            Veto::ExternalIdDiffers => {
                ("связаны с разными записями другой системы", "linked to different records of the other system")
            }
            Veto::ClusterConflict => {
                ("вместе с другими записями группы возникает противоречие", "the rest of the group contradicts")
            }
            Veto::Refused => ("отклонено человеком", "refused by a person"),
            Veto::Kept => {
                ("одно лицо, но нужны обе карточки: решил человек", "one party, both cards needed: a person said so")
            }
        };
        lang.pick(ru, en)
    }
}

/// How far two values of one comparison agree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Level {
    /// Empty on a side: no evidence.
    Empty,
    Different,
    /// A typo, an initial, a part.
    Near,
    /// Equal after folding (order of words, diminutives, transliteration).
    Folded,
    Exact,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Empty => "empty",
            Level::Different => "different",
            Level::Near => "near",
            Level::Folded => "folded",
            Level::Exact => "exact",
        }
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Level::Empty => ("нет данных", "no data"),
            Level::Different => ("различается", "differs"),
            Level::Near => ("похоже", "near"),
            Level::Folded => ("совпадает после приведения", "equal after folding"),
            Level::Exact => ("совпадает", "equal"),
        };
        lang.pick(ru, en)
    }
}

/// One comparison of a pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evidence {
    /// The field that stands for the comparison in output tables (`agree`).
    pub field: Field,
    pub level: Level,
    /// Match weight, log2, with the correction for the frequency of the value.
    pub weight: f32,
}

/// A scored pair kept: at or above the review threshold, or vetoed where it would have been.
#[derive(Clone, Debug)]
pub struct Link {
    /// `a < b`; across sides `a` is the CRM.
    pub a: RecordRef,
    pub b: RecordRef,
    /// Match weight, log2, prior included.
    pub weight: f32,
    /// Match probability, 0..=1.
    pub probability: f64,
    pub decision: Decision,
    pub veto: Option<Veto>,
    /// Comparisons with evidence, strongest first; empty ones left out.
    pub evidence: Vec<Evidence>,
    /// Name of the blocking rule that proposed the pair first.
    pub rule: &'static str,
}

impl Link {
    pub fn scope(&self) -> Scope {
        Scope::of(self.a, self.b)
    }

    /// The decision in words: the veto, or what agrees and what differs, strongest first.
    pub fn reason(&self, lang: Lang) -> String {
        let mut parts: Vec<String> = self.veto.iter().map(|v| v.text(lang).to_owned()).collect();
        let names = |level: fn(Level) -> bool| -> Vec<&str> {
            self.evidence.iter().filter(|e| level(e.level)).map(|e| e.field.title(lang)).collect()
        };
        for (ru, en, fields) in [
            ("совпадает", "equal", names(|l| l >= Level::Folded)),
            ("похоже", "near", names(|l| l == Level::Near)),
            ("различается", "differs", names(|l| l == Level::Different)),
        ] {
            if !fields.is_empty() {
                parts.push(format!("{}: {}", lang.pick(ru, en), fields.join(", ")));
            }
        }
        parts.join("; ")
    }

    /// Fields that speak for the pair, strongest first.
    pub fn agree(&self) -> impl Iterator<Item = Field> + '_ {
        self.evidence.iter().filter(|e| e.level > Level::Different && e.weight > 0.0).map(|e| e.field)
    }
}

/// Records that are one real-world party, by auto and accepted links. Only clusters of two or more are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Sorted.
    pub members: Vec<RecordRef>,
    /// The record the others of its side are merged into; `None` where the side has no member fit to be one.
    pub crm_master: Option<RecordRef>,
    pub onec_master: Option<RecordRef>,
    /// Match weight of the weakest link that holds the cluster together, log2 × 100.
    pub weakest: i32,
}

impl Cluster {
    pub fn of(&self, side: Side) -> impl Iterator<Item = RecordRef> + '_ {
        self.members.iter().copied().filter(move |r| r.side == side)
    }

    pub fn master(&self, side: Side) -> Option<RecordRef> {
        match side {
            Side::Crm => self.crm_master,
            Side::Onec => self.onec_master,
        }
    }
}

/// A value of the golden record, and where it came from: a place and no text, since a million clusters have millions of
/// values and nearly all of them stand in the records already. [`Matching::value`] reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Golden {
    /// Position in [`Matching::clusters`].
    pub cluster: u32,
    pub from: RecordRef,
    pub field: Field,
    pub rule: Survival,
    pub at: ValueAt,
}

/// Where the text of a golden value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueAt {
    /// The n-th usable value of the field in its record, in canonical form.
    Usable(u32),
    /// The text of the field as the source has it.
    Source,
    /// The same without outer spaces: nothing in it is usable.
    Trimmed,
    /// In [`Matching::texts`].
    Text(u32),
}

/// The rule by which a golden value won.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Survival {
    /// No other member has a value.
    OnlyValue,
    /// All members that have one have this.
    Agreed,
    /// The rest are steps by which one value wins over another, in their order.
    Valid,
    NotDeleted,
    OwnerSide,
    MostUsed,
    MostComplete,
    Newest,
    RecordOrder,
    /// One of several that all stay.
    United,
    /// A person said so.
    Decided,
}

impl Survival {
    /// Value of the column `rule`.
    pub fn as_str(self) -> &'static str {
        match self {
            Survival::OnlyValue => "only-value",
            Survival::Agreed => "agreed",
            Survival::Valid => "valid",
            Survival::NotDeleted => "not-deleted",
            Survival::OwnerSide => "owner-side",
            Survival::MostUsed => "most-used",
            Survival::MostComplete => "most-complete",
            Survival::Newest => "newest",
            Survival::RecordOrder => "record-order",
            Survival::United => "united",
            Survival::Decided => "decided",
        }
    }
}

/// A key held by more records than a blocking rule may pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OversizedKey {
    pub rule: &'static str,
    /// The field whose value it is.
    pub field: Field,
    pub records: Vec<RecordRef>,
    /// What the rule did: refined with a second attribute.
    pub refined_by: &'static str,
}

/// Candidate pairs that one blocking rule brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCount {
    pub rule: &'static str,
    pub keys: u64,
    /// Pairs that no earlier rule had brought.
    pub pairs: u64,
}

/// What one blocking rule contributes to a list of pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFinds {
    pub rule: &'static str,
    /// Pairs of the list that it proposes.
    pub found: u64,
    /// Those that no other rule proposes.
    pub alone: u64,
}

/// Which rules propose which pairs of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposals {
    /// Rules of each pair of the list, a bit each in the order of `rules`; 0: blocking loses the pair.
    pub by_pair: Vec<u32>,
    /// In the order of the catalogue.
    pub rules: Vec<RuleFinds>,
}

/// The result of matching.
#[derive(Debug, Default)]
pub struct Matching {
    /// Sorted by (a, b).
    pub links: Vec<Link>,
    /// Sorted by first member.
    pub clusters: Vec<Cluster>,
    /// Sorted by (cluster, field).
    pub golden: Vec<Golden>,
    /// Golden values that stand in no record, such as masked ones.
    pub texts: TextColumn,
    pub oversized: Vec<OversizedKey>,
    pub rules: Vec<RuleCount>,
    /// Pairs scored.
    pub compared: u64,
}

impl Matching {
    /// For each record of a side the position of its cluster, if it is in one.
    pub fn cluster_of(&self, side: Side, records: usize) -> Vec<Option<u32>> {
        let mut of = vec![None; records];
        for (at, cluster) in self.clusters.iter().enumerate() {
            for member in cluster.of(side) {
                of[member.at()] = Some(at as u32);
            }
        }
        of
    }
}

impl Matching {
    /// Text of a golden value; `data` is what was matched.
    pub fn value<'a>(&'a self, golden: &Golden, data: &'a Snapshots) -> Cow<'a, str> {
        let source = || data.parties(golden.from.side).raw.get(golden.field, golden.from.at());
        match golden.at {
            ValueAt::Usable(n) => super::survive::usable(data, golden.from, golden.field, n),
            ValueAt::Source => source().into(),
            ValueAt::Trimmed => source().trim().into(),
            ValueAt::Text(at) => self.texts.get(at as usize).into(),
        }
    }

    /// Pairs of one side that are one party and stay two cards, by position on that side, the lower one first.
    pub fn kept(&self, side: Side) -> impl Iterator<Item = (usize, usize)> + '_ {
        let of_side = move |l: &&Link| l.veto == Some(Veto::Kept) && l.a.side == side && l.b.side == side;
        self.links.iter().filter(of_side).map(|l| (l.a.at(), l.b.at()))
    }
}

/// A person's word on a pair of records, by record key (`crm:counterparty:12`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairDecision {
    pub a: RecordRef,
    pub b: RecordRef,
    pub word: Word,
}

/// What a person says of a pair. Of two words on one pair the later of this order counts: to keep apart is the safe side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Word {
    /// One party.
    Together,
    /// One party whose two cards of one side are never merged.
    Kept,
    /// Two parties.
    Apart,
}

/// One comparison of an explained pair, empty ones included.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    pub evidence: Evidence,
    /// The values as the sources write them.
    pub a_text: String,
    pub b_text: String,
}

/// Why a pair of records matches or not, whatever blocking thinks of it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// `a < b`; across sides `a` is the CRM.
    pub a: RecordRef,
    pub b: RecordRef,
    /// Every comparison in the order of the catalogue.
    pub comparisons: Vec<Compared>,
    /// Match weight before any comparison, log2: how rare a true pair is among all pairs.
    pub prior: f32,
    /// Match weight, log2, prior included.
    pub weight: f32,
    pub probability: f64,
    /// Thresholds of the project.
    pub auto: f64,
    pub review: f64,
    /// Every veto that holds, the one that decides first.
    pub vetoes: Vec<Veto>,
    /// Why the pair may not be merged without a person although no veto forbids it.
    pub caution: Option<Caution>,
    /// Blocking rule that proposed the pair; `None` when no rule did.
    pub rule: Option<&'static str>,
    /// Result in the run, cluster effects and decisions included; `None`: the pair is not linked.
    pub decision: Option<Decision>,
    /// Position of the cluster in [`Matching::clusters`] when both records are in one.
    pub cluster: Option<u32>,
}

/// What keeps a pair from an automatic merge without forbidding it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Caution {
    /// The id of one of the records repeats in its source.
    IdClash,
    /// A strong identifier agrees, the names do not.
    NameIncompatible,
    /// One INN is on several branches, and one of the records has no KPP.
    BranchUnclear,
    /// OGRNs differ although the INN agrees.
    OgrnContradicts,
    /// A record names another record of the other system as its counterpart.
    CitesAnother,
    /// A document, or name and address, agree, and yet the given name or the date of birth does not.
    Contradicted,
    /// The given names may be forms of one name, or the names of two people.
    TwofoldName,
    /// Less than two independent fields agree.
    OneField,
    /// The names share a part only.
    NamePartial,
    /// Legal forms differ and no identifier of the organisation agrees.
    FormDiffers,
    /// The record without an INN fits two different organisations.
    Ambiguous,
    /// The only link between two groups, weaker than both.
    WeakBridge,
}

impl Caution {
    pub fn text(self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Caution::IdClash => ("код записи повторяется в источнике", "the record id repeats in its source"),
            Caution::NameIncompatible => {
                ("реквизит совпадает, а названия разные", "an identifier agrees, the names do not")
            }
            Caution::BranchUnclear => (
                "у этого ИНН несколько филиалов, а КПП не заполнен",
                "this INN has several branches and a KPP is missing",
            ),
            Caution::OgrnContradicts => ("ИНН совпадает, а ОГРН разные", "the INN agrees, OGRNs differ"),
            Caution::CitesAnother => (
                "запись уже связана с другой записью второй системы",
                "the record is tied to another record of the other system",
            ),
            Caution::Contradicted => (
                "остальное совпадает, а имя или дата рождения разные",
                "the rest agrees, the given name or the date of birth does not",
            ),
            Caution::TwofoldName => (
                "имена могут быть формами одного имени, а могут принадлежать двум людям",
                "the given names may be forms of one name, or belong to two people",
            ),
            Caution::OneField => ("совпадает меньше двух независимых полей", "less than two independent fields agree"),
            Caution::NamePartial => ("названия совпадают только частично", "the names share a part only"),
            Caution::FormDiffers => (
                "разные организационно-правовые формы, и реквизиты не подтверждают совпадение",
                "legal forms differ and no identifier confirms the pair",
            ),
            Caution::Ambiguous => (
                "запись без ИНН подходит к двум разным контрагентам",
                "the record without an INN fits two different parties",
            ),
            Caution::WeakBridge => {
                ("единственная и слабая связь между двумя группами", "the only and weak link between two groups")
            }
        };
        lang.pick(ru, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of columns are a contract.
    #[test]
    fn names_in_output_tables() {
        let all: Vec<&str> = Veto::ALL.iter().map(|v| v.as_str()).collect();
        let vetoes = "inn-differs branch number-differs birth-date-differs person-differs kind-differs \
                      shared-contact-only own-organisation ogrn-differs external-id-differs cluster-conflict refused kept";
        assert_eq!(all.join(" "), vetoes);
        let decisions = [Decision::Auto, Decision::Review, Decision::Rejected, Decision::Accepted];
        assert_eq!(decisions.map(Decision::as_str), ["auto", "review", "rejected", "accepted"]);
        assert_eq!(decisions.map(Decision::links), [true, false, false, true]);
        let levels = [Level::Empty, Level::Different, Level::Near, Level::Folded, Level::Exact];
        assert_eq!(levels.map(Level::as_str), ["empty", "different", "near", "folded", "exact"]);
        let record = RecordRef::new;
        let scope = |a, b| Scope::of(record(a, 0), record(b, 1)).as_str();
        use Side::{Crm, Onec};
        assert_eq!([scope(Crm, Onec), scope(Crm, Crm), scope(Onec, Onec)], ["cross", "crm", "onec"]);
    }

    /// Every text is there in both languages and says something of its own.
    #[test]
    fn texts_for_people() {
        use Caution::*;
        const CAUTIONS: [Caution; 11] = [
            IdClash,
            NameIncompatible,
            BranchUnclear,
            OgrnContradicts,
            CitesAnother,
            Contradicted,
            OneField,
            NamePartial,
            FormDiffers,
            Ambiguous,
            WeakBridge,
        ];
        const LEVELS: [Level; 5] = [Level::Empty, Level::Different, Level::Near, Level::Folded, Level::Exact];
        for lang in [Lang::Ru, Lang::En] {
            let mut texts: Vec<&str> = Veto::ALL.iter().map(|v| v.text(lang)).collect();
            texts.extend(CAUTIONS.map(|c| c.text(lang)));
            texts.extend(LEVELS.map(|l| l.text(lang)));
            let count = texts.len();
            texts.sort_unstable();
            texts.dedup();
            assert_eq!(texts.len(), count);
            assert!(texts.iter().all(|t| t.len() > 3 && (t.is_ascii() == (lang == Lang::En))), "{texts:?}");
        }
    }

    fn link(a: RecordRef, b: RecordRef, veto: Option<Veto>, evidence: &[(Field, Level, f32)]) -> Link {
        let evidence = evidence.iter().map(|&(field, level, weight)| Evidence { field, level, weight }).collect();
        let decision = if veto.is_some() { Decision::Rejected } else { Decision::Auto };
        Link { a, b, weight: 1.0, probability: 0.9, decision, veto, evidence, rule: "phone" }
    }

    #[test]
    fn a_link_gives_its_reason() {
        let (a, b) = (RecordRef::new(Side::Crm, 0), RecordRef::new(Side::Onec, 0));
        let evidence = [
            (Field::Name, Level::Exact, 9.0),
            (Field::Phone, Level::Folded, 5.0),
            (Field::Email, Level::Near, 1.5),
            (Field::Address, Level::Exact, 0.0),
            (Field::Kpp, Level::Near, 0.0),
            (Field::BirthDate, Level::Different, 1.0),
            (Field::Inn, Level::Different, -10.0),
        ];
        let found = link(a, b, Some(Veto::InnDiffers), &evidence);
        assert_eq!(
            found.reason(Lang::En),
            "two different valid INNs: two organisations; equal: Name, Phone, Registered address; near: E-mail, KPP; \
             differs: Date of birth, INN"
        );
        assert_eq!(found.agree().collect::<Vec<_>>(), [Field::Name, Field::Phone, Field::Email]);
        assert_eq!(link(a, b, None, &evidence[..1]).reason(Lang::Ru), "совпадает: Наименование");
        assert_eq!(found.scope(), Scope::Cross);
    }

    #[test]
    fn who_is_with_whom() {
        let [c0, c1, c2, o0] = [(Side::Crm, 0), (Side::Crm, 1), (Side::Crm, 2), (Side::Onec, 0)]
            .map(|(side, at)| RecordRef::new(side, at));
        let cluster = |members: &[RecordRef], crm_master| Cluster {
            members: members.to_vec(),
            crm_master,
            onec_master: None,
            weakest: 0,
        };
        let matching = Matching {
            clusters: vec![cluster(&[c0, c2], Some(c2)), cluster(&[c1, o0], None)],
            links: vec![
                link(c0, c1, Some(Veto::Kept), &[]),
                link(c0, c2, Some(Veto::Refused), &[]),
                link(c0, o0, Some(Veto::Kept), &[]),
                link(c1, c2, None, &[]),
            ],
            ..Matching::default()
        };
        assert_eq!(matching.cluster_of(Side::Crm, 4), [Some(0), Some(1), Some(0), None]);
        assert_eq!(matching.cluster_of(Side::Onec, 2), [Some(1), None]);
        assert_eq!(matching.kept(Side::Crm).collect::<Vec<_>>(), [(0, 1)]);
        assert_eq!(matching.kept(Side::Onec).count(), 0);
        let first = &matching.clusters[0];
        assert_eq!((first.master(Side::Crm), first.master(Side::Onec)), (Some(c2), None));
        assert_eq!(matching.clusters[1].of(Side::Onec).collect::<Vec<_>>(), [o0]);
    }
}
