//! Built-in values of parameters and their sources. Every value can be replaced by a `PolicySet`.

use crate::facts::area::{Area, Level};
use crate::facts::household::Standard;
use crate::facts::money::Fen;
use crate::facts::official::Capacity;
use crate::facts::policy::{IncomeConcept, LineKind, PolicyValue};
use crate::facts::procedure::Procedure;

/// A parameter in force where nothing is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// The parameter.
    pub value: PolicyValue,
    /// Source of the figure, in Chinese.
    pub source: &'static str,
    /// The value comes from secondary sources that we could not confirm, or is rounded, or no text fixes it for the
    /// whole country.
    pub unconfirmed: bool,
}

/// The national poverty line of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultLine {
    /// Calendar year of the income it is compared with.
    pub year: u16,
    /// Yuan per person and year, at that year's prices.
    pub yuan: i64,
    /// Kind of income it is compared with.
    pub concept: IncomeConcept,
    /// The figure comes from secondary sources that we could not confirm, or is rounded.
    pub unconfirmed: bool,
}

/// National rural poverty lines. 2,300 yuan at the prices of 2010 was fixed in the Outline for Rural Poverty
/// Alleviation 2011–2020 (中国农村扶贫开发纲要); later years as published by the National Bureau of Statistics. The
/// income they are compared with was net income to 2013 and disposable income from 2014.
pub const POVERTY_LINES: [DefaultLine; 11] = [
    line(2010, 2_300, IncomeConcept::Net),
    line(2011, 2_536, IncomeConcept::Net),
    line(2012, 2_625, IncomeConcept::Net),
    line(2013, 2_736, IncomeConcept::Net),
    line(2014, 2_800, IncomeConcept::Disposable),
    line(2015, 2_855, IncomeConcept::Disposable),
    line(2016, 2_952, IncomeConcept::Disposable),
    unconfirmed(line(2017, 2_952, IncomeConcept::Disposable)),
    unconfirmed(line(2018, 2_995, IncomeConcept::Disposable)),
    unconfirmed(line(2019, 3_218, IncomeConcept::Disposable)),
    unconfirmed(line(2020, 4_000, IncomeConcept::Disposable)),
];

/// Highest incidence at which a village or county exits, in persons per 10,000 (2016 rules on exit, 贫困退出机制).
pub const EXIT_THRESHOLD_DEFAULT: u32 = 200;
/// The same in the west.
pub const EXIT_THRESHOLD_WEST_DEFAULT: u32 = 300;
/// Days a publicity lasts (secondary sources).
pub const PUBLICITY_DAYS_DEFAULT: u32 = 7;
/// Days a publicity of the monitoring procedures lasts (2021 rules on monitoring, at least five).
pub const MONITORING_PUBLICITY_DAYS_DEFAULT: u32 = 5;
/// Days from a clue to the decision whether a household is monitored (2021 rules on monitoring, at most fifteen).
pub const DECISION_DAYS_DEFAULT: u32 = 15;
/// Most households of a first responsible official. There is no national figure: some counties pair one to one, many
/// let a cadre take up to five. The higher figure is the default, so that a county which has set nothing is not
/// blocked; a stricter one is a parameter.
pub const CASELOAD_FIRST_DEFAULT: u32 = 5;
/// Most households of a second responsible official; five in the rules of the counties we know of.
pub const CASELOAD_SECOND_DEFAULT: u32 = 5;
/// Days after which a household is due for a visit. There is no national figure; most counties ask for one a month.
pub const VISIT_DAYS_DEFAULT: u32 = 30;

/// Two-digit codes of the twelve provinces of the west (西部大开发).
const WEST: [u64; 12] = [15, 45, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65];

const OUTLINE: &str = "《中国农村扶贫开发纲要（2011—2020年）》，2010年价格每人每年2300元";
const BUREAU: &str = "国家统计局公布的国家农村贫困标准";
const BUREAU_SECOND_HAND: &str = "国家农村贫困标准，转引自二手资料";
const BUREAU_ROUNDED: &str = "国家农村贫困标准，二手资料，约数";
const EXIT_OPINIONS: &str = "《关于建立贫困退出机制的意见》（2016年），贫困发生率低于2%";
const EXIT_OPINIONS_WEST: &str = "《关于建立贫困退出机制的意见》（2016年），西部地区低于3%";
const PUBLICITY_SECOND_HAND: &str = "各地贫困识别与退出程序，二手资料";
const MONITORING_GUIDANCE: &str = "《关于健全防止返贫动态监测和帮扶机制的指导意见》（2021年）及各地办法";
const CASELOAD_EXAMPLE: &str = "无全国统一规定；部分县的做法，仅为示例";
const VISIT_EXAMPLE: &str = "无全国统一规定；多数县要求每月走访一次，仅为示例";
const OWN_CHOICE: &str = "本系统的约定，非文件规定";

/// Every built-in parameter in force in an area. Measures have none: each county has its own catalogue.
pub fn built_in(area: Area) -> Vec<BuiltIn> {
    let mut rows: Vec<BuiltIn> = POVERTY_LINES.iter().map(BuiltIn::line).collect();
    let threshold = exit_threshold(area);
    let opinions = if threshold == EXIT_THRESHOLD_DEFAULT { EXIT_OPINIONS } else { EXIT_OPINIONS_WEST };
    rows.push(BuiltIn::confirmed(PolicyValue::ExitThreshold(threshold), opinions));
    rows.extend(Procedure::ALL.iter().map(|procedure| BuiltIn::publicity(*procedure)));
    rows.push(BuiltIn::confirmed(PolicyValue::DecisionDays(DECISION_DAYS_DEFAULT), MONITORING_GUIDANCE));
    rows.extend(Capacity::ALL.iter().map(|capacity| {
        let value = PolicyValue::CaseloadLimit { capacity: *capacity, households: caseload_limit(*capacity) };
        BuiltIn::unconfirmed(value, CASELOAD_EXAMPLE)
    }));
    rows.push(BuiltIn::unconfirmed(PolicyValue::VisitDays(VISIT_DAYS_DEFAULT), VISIT_EXAMPLE));
    rows.extend(Procedure::ALL.iter().map(|procedure| {
        let value = PolicyValue::StepsRequired { procedure: *procedure, required: steps_required(*procedure) };
        BuiltIn::confirmed(value, OWN_CHOICE)
    }));
    rows
}

impl BuiltIn {
    fn confirmed(value: PolicyValue, source: &'static str) -> Self {
        Self { value, source, unconfirmed: false }
    }

    fn unconfirmed(value: PolicyValue, source: &'static str) -> Self {
        Self { value, source, unconfirmed: true }
    }

    fn line(line: &DefaultLine) -> Self {
        let source = match line.year {
            2010 => OUTLINE,
            2020 => BUREAU_ROUNDED,
            _ if line.unconfirmed => BUREAU_SECOND_HAND,
            _ => BUREAU,
        };
        let (kind, standard) = (LineKind::Poverty, Standard::National);
        let amount = Fen::yuan(line.yuan);
        let value = PolicyValue::Line { kind, standard, year: line.year, concept: line.concept, amount };
        Self { value, source, unconfirmed: line.unconfirmed }
    }

    fn publicity(procedure: Procedure) -> Self {
        let value = PolicyValue::PublicityDays { procedure, days: publicity_days(procedure) };
        match procedure {
            Procedure::Monitoring | Procedure::MonitoringEnd => Self::confirmed(value, MONITORING_GUIDANCE),
            _ => Self::unconfirmed(value, PUBLICITY_SECOND_HAND),
        }
    }
}

pub(crate) fn poverty_line(year: u32) -> Option<(Fen, IncomeConcept)> {
    let line = POVERTY_LINES.iter().find(|line| u32::from(line.year) == year)?;
    Some((Fen::yuan(line.yuan), line.concept))
}

pub(crate) fn exit_threshold(area: Area) -> u32 {
    let province = area.at(Level::Province).code() / 10_000_000_000;
    if WEST.contains(&province) { EXIT_THRESHOLD_WEST_DEFAULT } else { EXIT_THRESHOLD_DEFAULT }
}

pub(crate) fn publicity_days(procedure: Procedure) -> u32 {
    match procedure {
        Procedure::Monitoring | Procedure::MonitoringEnd => MONITORING_PUBLICITY_DAYS_DEFAULT,
        _ => PUBLICITY_DAYS_DEFAULT,
    }
}

/// Decisions need their steps, except for registration: most counties take their cards over from earlier registers,
/// whose documents are older than the log. A county can require the steps once it has taken them over.
pub(crate) fn steps_required(procedure: Procedure) -> bool {
    procedure != Procedure::Identification
}

pub(crate) fn caseload_limit(capacity: Capacity) -> u32 {
    match capacity {
        Capacity::First => CASELOAD_FIRST_DEFAULT,
        Capacity::Second => CASELOAD_SECOND_DEFAULT,
    }
}

const fn line(year: u16, yuan: i64, concept: IncomeConcept) -> DefaultLine {
    DefaultLine { year, yuan, concept, unconfirmed: false }
}

const fn unconfirmed(line: DefaultLine) -> DefaultLine {
    DefaultLine { unconfirmed: true, ..line }
}
