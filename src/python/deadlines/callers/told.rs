//! What becomes of the text of what functions raise: whether those that call them look at it.

use super::{CallSite, Callers, LONGEST_CHAIN, ToldOf};
use crate::python::names::FunctionId;
use crate::sites::Expected;

impl Callers {
    /// What becomes of the text of what the functions of the module raise.
    pub(in crate::python) fn told_of<'n>(&self, method_of: impl Fn(FunctionId) -> Option<&'n str>) -> ToldOf {
        let told = |function: &FunctionId| (*function, Expected::Told);
        let mut told_of: ToldOf = self.told_elsewhere.iter().map(told).collect();
        let looks_here = |site: &CallSite| self.tells(site, &told_of).is_some();
        if told_of.is_empty() && !self.looks_at_texts && !self.sites.iter().any(looks_here) {
            return told_of;
        }
        for _ in 0..LONGEST_CHAIN {
            let told = |function: &FunctionId| Some((*function, self.told(*function, method_of(*function), &told_of)?));
            let found: ToldOf = self.calls.keys().chain(&self.passed_on).filter_map(told).collect();
            let before = told_of.len();
            let has_changed = found.iter().any(|(function, told)| told_of.get(function) != Some(told));
            told_of.extend(found);
            if !has_changed && told_of.len() == before {
                break;
            }
        }
        told_of
    }

    /// What becomes of the text of what a call raises: here, or around the function that it stands in.
    pub(in crate::python) fn tells(&self, site: &CallSite, told_of: &ToldOf) -> Option<Expected> {
        let here = Some(site.expected).filter(|here| matches!(here, Expected::Told | Expected::SaidByTimeout));
        let outside = site.caller.and_then(|caller| told_of.get(&caller).copied());
        // Whoever calls a lambda here may be who looks.
        let by_lambda = (site.is_in_lambda && self.looks_at_texts).then_some(Expected::Told);
        here.max(outside).max(by_lambda)
    }

    fn told(&self, function: FunctionId, method: Option<&str>, told_of: &ToldOf) -> Option<Expected> {
        let mut sites = self
            .sites_of(function, method)
            .map(|site| self.tells(site, told_of))
            .peekable();
        let is_open = self.escaped.contains(&function) || self.elsewhere.contains_key(&function);
        let is_what_they_are_about = !is_open && sites.peek().is_some();
        let is_passed_to_who_looks = self.looks_at_texts && self.passed_on.contains(&function);
        let is_told_outside = self.told_elsewhere.contains(&function) || is_passed_to_who_looks;
        let (mut any, mut all) = (is_told_outside, is_what_they_are_about);
        for told in sites {
            any |= told.is_some();
            all &= told == Some(Expected::SaidByTimeout);
        }
        match (any, all) {
            (true, true) => Some(Expected::SaidByTimeout),
            (true, false) => Some(Expected::Told),
            (false, _) => None,
        }
    }
}
