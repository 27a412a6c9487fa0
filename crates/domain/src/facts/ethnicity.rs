//! Ethnic groups, by their codes.

use crate::facts::kind::{Choice, List};

/// The ethnic groups of GB/T 3304, in the order of their codes, with the Chinese names and the romanized names of the
/// standard.
pub const ETHNICITIES: List = List {
    name: "Ethnicity",
    choices: &[
        Choice { number: 1, name: "Han", zh: "汉族" },
        Choice { number: 2, name: "Mongol", zh: "蒙古族" },
        Choice { number: 3, name: "Hui", zh: "回族" },
        Choice { number: 4, name: "Zang", zh: "藏族" },
        Choice { number: 5, name: "Uygur", zh: "维吾尔族" },
        Choice { number: 6, name: "Miao", zh: "苗族" },
        Choice { number: 7, name: "Yi", zh: "彝族" },
        Choice { number: 8, name: "Zhuang", zh: "壮族" },
        Choice { number: 9, name: "Buyei", zh: "布依族" },
        Choice { number: 10, name: "Chosen", zh: "朝鲜族" },
        Choice { number: 11, name: "Man", zh: "满族" },
        Choice { number: 12, name: "Dong", zh: "侗族" },
        Choice { number: 13, name: "Yao", zh: "瑶族" },
        Choice { number: 14, name: "Bai", zh: "白族" },
        Choice { number: 15, name: "Tujia", zh: "土家族" },
        Choice { number: 16, name: "Hani", zh: "哈尼族" },
        Choice { number: 17, name: "Kazak", zh: "哈萨克族" },
        Choice { number: 18, name: "Dai", zh: "傣族" },
        Choice { number: 19, name: "Li", zh: "黎族" },
        Choice { number: 20, name: "Lisu", zh: "傈僳族" },
        Choice { number: 21, name: "Va", zh: "佤族" },
        Choice { number: 22, name: "She", zh: "畲族" },
        Choice { number: 23, name: "Gaoshan", zh: "高山族" },
        Choice { number: 24, name: "Lahu", zh: "拉祜族" },
        Choice { number: 25, name: "Sui", zh: "水族" },
        Choice { number: 26, name: "Dongxiang", zh: "东乡族" },
        Choice { number: 27, name: "Naxi", zh: "纳西族" },
        Choice { number: 28, name: "Jingpo", zh: "景颇族" },
        Choice { number: 29, name: "Kirgiz", zh: "柯尔克孜族" },
        Choice { number: 30, name: "Tu", zh: "土族" },
        Choice { number: 31, name: "Daur", zh: "达斡尔族" },
        Choice { number: 32, name: "Mulao", zh: "仫佬族" },
        Choice { number: 33, name: "Qiang", zh: "羌族" },
        Choice { number: 34, name: "Blang", zh: "布朗族" },
        Choice { number: 35, name: "Salar", zh: "撒拉族" },
        Choice { number: 36, name: "Maonan", zh: "毛南族" },
        Choice { number: 37, name: "Gelao", zh: "仡佬族" },
        Choice { number: 38, name: "Xibe", zh: "锡伯族" },
        Choice { number: 39, name: "Achang", zh: "阿昌族" },
        Choice { number: 40, name: "Pumi", zh: "普米族" },
        Choice { number: 41, name: "Tajik", zh: "塔吉克族" },
        Choice { number: 42, name: "Nu", zh: "怒族" },
        Choice { number: 43, name: "Uzbek", zh: "乌孜别克族" },
        Choice { number: 44, name: "Russ", zh: "俄罗斯族" },
        Choice { number: 45, name: "Ewenki", zh: "鄂温克族" },
        Choice { number: 46, name: "Deang", zh: "德昂族" },
        Choice { number: 47, name: "Bonan", zh: "保安族" },
        Choice { number: 48, name: "Yugur", zh: "裕固族" },
        Choice { number: 49, name: "Gin", zh: "京族" },
        Choice { number: 50, name: "Tatar", zh: "塔塔尔族" },
        Choice { number: 51, name: "Derung", zh: "独龙族" },
        Choice { number: 52, name: "Oroqen", zh: "鄂伦春族" },
        Choice { number: 53, name: "Hezhen", zh: "赫哲族" },
        Choice { number: 54, name: "Monba", zh: "门巴族" },
        Choice { number: 55, name: "Lhoba", zh: "珞巴族" },
        Choice { number: 56, name: "Jino", zh: "基诺族" },
        Choice { number: 97, name: "other", zh: "其他" },
        Choice { number: 98, name: "foreign origin", zh: "外国血统中国籍人士" },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard_each_once() {
        let codes: Vec<_> = ETHNICITIES.choices.iter().map(|choice| choice.number).collect();
        assert_eq!(codes, (1..=56).chain([97, 98]).collect::<Vec<_>>());
        for (code, zh, en) in [(1, "汉族", "Han"), (4, "藏族", "Zang"), (11, "满族", "Man"), (56, "基诺族", "Jino")]
        {
            let found = ETHNICITIES.choices.iter().find(|choice| choice.number == code);
            assert_eq!(found.map(|choice| (choice.zh, choice.en())), Some((zh, en.to_owned())));
        }
    }
}
