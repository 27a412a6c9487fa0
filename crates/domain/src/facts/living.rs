//! The two assurances, the three guarantees and water (两不愁三保障), and the dwelling.

use crate::facts::kind::kinds;

kinds! {
    /// The two assurances, the three guarantees and water, in the order in which arrays hold them.
    Condition {
        /// Enough food.
        Food = 1 "food" "不愁吃",
        /// Enough clothing.
        Clothing = 2 "clothing" "不愁穿",
        /// Compulsory education.
        Education = 3 "education" "义务教育",
        /// Basic medical care.
        Medical = 4 "medical" "基本医疗",
        /// Safe housing.
        Housing = 5 "housing" "住房安全",
        /// Safe drinking water.
        Water = 6 "water" "饮水安全",
    }
}

/// How many assurances and guarantees there are.
pub const CONDITIONS: usize = Condition::ALL.len();

kinds! {
    /// Whether an assurance or guarantee is met.
    Met {
        /// Met.
        Yes = 1 "yes" "达标",
        /// Not met.
        No = 2 "no" "未达标",
    }
}

kinds! {
    /// Grade of a dwelling (住房鉴定等级).
    DwellingGrade {
        /// Safe.
        A = 1 "a" "A级",
        /// Basically safe.
        B = 2 "b" "B级",
        /// Partly dangerous.
        C = 3 "c" "C级",
        /// Dangerous as a whole.
        D = 4 "d" "D级",
    }
}
