//! Groups of measures, sources of money, and why a delivery is taken back.

use crate::facts::kind::kinds;

kinds! {
    /// Groups of measures.
    MeasureGroup {
        /// Industry (产业).
        Industry = 1 "industry" "产业",
        /// Employment (就业).
        Employment = 2 "employment" "就业",
        /// Public-welfare post (公益岗位).
        PublicPost = 3 "public_post" "公益岗位",
        /// Finance (金融).
        Finance = 4 "finance" "金融",
        /// Housing (住房).
        Housing = 5 "housing" "住房",
        /// Water (饮水).
        Water = 6 "water" "饮水",
        /// Health (健康).
        Health = 7 "health" "健康",
        /// Education (教育).
        Education = 8 "education" "教育",
        /// Relocation (易地搬迁).
        Relocation = 9 "relocation" "易地搬迁",
        /// Ecological (生态).
        Ecological = 10 "ecological" "生态",
        /// Safety net (兜底).
        SafetyNet = 11 "safety_net" "兜底",
        /// Disability (残疾).
        Disability = 12 "disability" "残疾",
        /// Social help (社会帮扶).
        Social = 13 "social" "社会帮扶",
        /// Infrastructure (基础设施).
        Infrastructure = 14 "infrastructure" "基础设施",
    }
}

kinds! {
    /// Where money comes from.
    FundsSource {
        /// Central budget.
        Central = 1 "central" "中央",
        /// Provincial budget.
        Provincial = 2 "provincial" "省级",
        /// Prefecture budget.
        Prefecture = 3 "prefecture" "市级",
        /// County budget.
        County = 4 "county" "县级",
        /// Paired province or enterprise, donations.
        Social = 5 "social" "社会",
    }
}

kinds! {
    /// Why a delivery is taken back.
    ReversalReason {
        /// Recorded in error.
        Error = 1 "error" "误录",
        /// The household was not entitled to it.
        NotEntitled = 2 "not_entitled" "不符合条件",
        /// The payment came back.
        Returned = 3 "returned" "退回",
        /// Misuse.
        Misuse = 4 "misuse" "挪用",
    }
}
