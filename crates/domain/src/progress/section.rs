//! Sections of the document of an area, and the units and tones of figures.

use std::fmt;

/// What a figure counts, or the money it adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Households (户).
    Households,
    /// Persons (人).
    Persons,
    /// Villages (村).
    Villages,
    /// Rounds of a procedure (件).
    Rounds,
    /// Times that something happened (次).
    Times,
    /// Entitlements (项).
    Entitlements,
    /// Money in fen (分), which people read in yuan (元).
    Fen,
    /// Persons per 10,000, which people read as a percentage.
    PerTenThousand,
}

impl Unit {
    /// The Chinese measure word, or the unit that people read it in.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Households => "户",
            Self::Persons => "人",
            Self::Villages => "村",
            Self::Rounds => "件",
            Self::Times => "次",
            Self::Entitlements => "项",
            Self::Fen => "元",
            Self::PerTenThousand => "%",
        }
    }

    /// The unit of the numbers in documents, in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Households => "households",
            Self::Persons => "persons",
            Self::Villages => "villages",
            Self::Rounds => "rounds",
            Self::Times => "times",
            Self::Entitlements => "entitlements",
            Self::Fen => "fen",
            Self::PerTenThousand => "persons per 10,000",
        }
    }
}

/// How to read a figure above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As an ordinary number.
    Plain,
    /// As a warning: pages show it in the colour of one.
    Warning,
}

/// Declares the sections: the meaning, the name in documents, the labels and the source of the rules behind each.
macro_rules! sections {
    ($($(#[doc = $about:literal])+ $section:ident $name:literal $zh:literal $en:literal, $source:literal;)+) => {
        /// A section of the document of an area. The names of its figures begin with its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Section { $($(#[doc = $about])+ $section),+ }

        impl Section {
            /// Every section, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$section),+];

            /// Its name in documents, which figures in it begin with.
            pub fn name(self) -> &'static str {
                match self { $(Self::$section => $name),+ }
            }

            /// Its Chinese heading.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$section => $zh),+ }
            }

            /// Its English heading.
            pub fn en(self) -> &'static str {
                match self { $(Self::$section => $en),+ }
            }

            /// Where the rule behind its figures comes from.
            pub fn source(self) -> &'static str {
                match self { $(Self::$section => $source),+ }
            }

            /// The subject of its figures.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$section => concat!($($about),+)),+ }
            }
        }
    };
}

sections! {
    /// Poor persons among the rural registered persons.
    Incidence "incidence" "贫困发生率" "incidence",
        "2016 opinions on the mechanism of exit: incidence below 2 %, in the west 3 %";
    /// Cards by status.
    Households "households" "建档立卡户" "households",
        "2014 plan for identification and cards";
    /// Persons on the cards, by the status of the card.
    Persons "persons" "建档立卡人口" "persons",
        "2014 plan for identification and cards";
    /// Income per head on open cards, of the latest year for which one of them has an assessment.
    Income "income" "收入" "income per head",
        "2014 plan for identification and cards: the household's income form, October to September";
    /// Open cards by what is known of each assurance and guarantee.
    Conditions "conditions" "两不愁三保障" "assurances and guarantees, households",
        "Outline for Rural Poverty Alleviation 2011–2020: two assurances and three guarantees";
    /// Open cards by who answers for them and when they were last visited.
    Officials "officials" "帮扶责任" "responsible officials, households",
        "2014 plan for identification and cards: every card names the official who answers for it";
    /// Rounds of procedures: of open cards, of candidate households, of villages and of the county.
    Procedures "procedures" "程序" "procedures",
        "2014 plan for identification and cards; 2016 opinions on the mechanism of exit";
    /// Exits that an audit would look at.
    Exits "exits" "退出质量" "exits to look at",
        "2016 opinions on the mechanism of exit: income above the line, guarantees met, household agrees";
    /// What open cards should get according to their facts and did not get.
    Gap "gap" "应享未享" "entitlements, households",
        "2014 plan for identification and cards: a help plan for every household";
    /// Aid to cards, open or closed, by group.
    Aid "aid" "帮扶措施" "aid, yuan",
        "2014 plan for identification and cards: a help plan for every household";
    /// Money from the county's account to the households. The money released belongs to the jurisdiction and is
    /// counted only there; all other sums belong to a village. released = allocated + unallocated;
    /// allocated = delivered − reversed + undelivered.
    Money "money" "资金" "money",
        "rules on special funds for poverty alleviation (财政专项扶贫资金管理办法)";
    /// Villages that are or were on the list of poor ones, by who is posted to them.
    Posts "posts" "驻村" "posts to poor villages",
        "2015 notice on first secretaries of villages; 2017 opinions on resident teams";
    /// Villages that are or were on the list of poor ones, by what they lack to leave it.
    Villages "villages" "贫困村出列" "exit of poor villages",
        "2016 opinions on the mechanism of exit: incidence below 2 %, in the west 3 %";
    /// Counts of each month.
    Months "months" "逐月" "by month",
        "2014 plan for identification and cards: dynamic management";
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
