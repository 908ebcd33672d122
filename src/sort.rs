//! Sorting in little code.
//!
//! The sorts of the standard library are compiled anew for every type and every order: some 5 kB each time, 150 kB in
//! the module together. What is sorted here is short or nearly sorted, so one routine that sorts numbers of places
//! serves all of it.

use std::cmp::Ordering;

/// Sorts by an order. Stable: what is equal stays in its order. Takes `n log n` comparisons, `n` where it is sorted already.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let places = {
        let items = &*items;
        // Both are places of `items`, so that there is always something to compare.
        places(
            items.len(),
            &|one, other| match (items.get(one as usize), items.get(other as usize)) {
                (Some(one), Some(other)) => compare(one, other).is_gt(),
                _ => false,
            },
        )
    };
    arrange(items, places);
}

/// Sorts by a key that takes long to make, as [`sort_by`]: it is made once for each.
pub fn sort_by_cached_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let after = |one, other| keys.get(one as usize) > keys.get(other as usize);
    arrange(items, places(keys.len(), &after));
}

/// Puts at each place what stood at another.
fn arrange<T>(items: &mut [T], mut places: Vec<u32>) {
    // Along each cycle of the arrangement, every item goes to its place by one swap.
    for start in 0..places.len() {
        let mut at = start;
        while let Some(place) = places.get_mut(at) {
            let from = std::mem::replace(place, at as u32) as usize;
            if from == start || from == at {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Sorts by a key, as [`sort_by`].
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// Sorts in ascending order, as [`sort_by`].
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Sorts numbers in ascending order. A few of them are sorted where they stand, for loops that do this all the time.
pub fn sort_numbers(numbers: &mut [u32]) {
    if numbers.len() > 2 * SHORT {
        return sort(numbers);
    }
    for at in 1..numbers.len() {
        let mut to = at;
        while to > 0
            && let Some([one, other]) = numbers.get_mut(to - 1..=to)
            && *one > *other
        {
            std::mem::swap(one, other);
            to -= 1;
        }
    }
}

/// How many items hold, from the first on, where those that hold stand before all that do not. Made for few of very many:
/// the step is doubled until it is past them, then halved. Takes twice the logarithm of their number.
pub fn leading(most: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut step) = (0, 1);
    while low + step <= most && holds(low + step - 1) {
        low += step;
        step *= 2;
    }
    let mut high = (low + step - 1).min(most);
    while low < high {
        let middle = low + (high - low) / 2;
        match holds(middle) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}

/// The places of so many items, sorted: runs that are in order already are found and merged, two by two.
#[inline(never)]
fn places(count: usize, after: &dyn Fn(u32, u32) -> bool) -> Vec<u32> {
    let mut places: Vec<u32> = (0..count as u32).collect();
    // Where the runs end. Short ones are made longer by insertion.
    let mut ends: Vec<usize> = Vec::new();
    let mut start = 0;
    for at in 1..count {
        let mut to = at;
        while to > start
            && let Some([one, other]) = places.get_mut(to - 1..=to)
            && after(*one, *other)
        {
            if at - start >= SHORT {
                ends.push(at);
                start = at;
                break;
            }
            std::mem::swap(one, other);
            to -= 1;
        }
    }
    ends.push(count);
    while ends.len() > 1 {
        let mut merged = Vec::with_capacity(count);
        let mut kept = Vec::new();
        for pair in ends.chunks(2) {
            let run = |from: usize, to: Option<&usize>| {
                let to = to.copied().unwrap_or(count);
                places.get(from..to).unwrap_or_default()
            };
            let mut left = run(merged.len(), pair.first());
            let mut right = run(merged.len() + left.len(), pair.get(1).or(pair.first()));
            while let (Some((one, ones)), Some((other, others))) =
                (left.split_first(), right.split_first())
            {
                if after(*one, *other) {
                    merged.push(*other);
                    right = others;
                } else {
                    merged.push(*one);
                    left = ones;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
            kept.push(merged.len());
        }
        (places, ends) = (merged, kept);
    }
    places
}

/// How long a run is made by insertion.
const SHORT: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_standard_library_sorts(keys in prop::collection::vec(0u8..40, 0..300)) {
            // The number tells equal ones apart: they must stay in their order.
            let mut found: Vec<(u8, usize)> = keys.iter().copied().zip(0..).collect();
            let mut expected = found.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by_key(&mut found, |(key, _)| *key);
            prop_assert_eq!(&found, &expected);
            expected.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
            sort_by_key(&mut found, |(key, _)| std::cmp::Reverse(*key));
            prop_assert_eq!(&found, &expected);
            expected.sort_by_key(|(key, _)| key % 7);
            sort_by_cached_key(&mut found, |(key, _)| key % 7);
            prop_assert_eq!(&found, &expected);
            let (mut found, mut expected) = (keys.clone(), keys.clone());
            expected.sort();
            sort(&mut found);
            prop_assert_eq!(&found, &expected);
            let mut numbers: Vec<u32> = keys.iter().map(|key| u32::from(*key)).collect();
            sort_numbers(&mut numbers);
            prop_assert_eq!(numbers, found.into_iter().map(u32::from).collect::<Vec<_>>());
        }
    }

    #[test]
    fn those_that_lead_are_counted() {
        for most in 0..40 {
            for leads in 0..=most {
                assert_eq!(leading(most, |at| at < leads), leads, "{leads} of {most}");
            }
        }
    }

    #[test]
    fn what_is_sorted_is_only_looked_at() {
        let mut items: Vec<u32> = (0..1000).collect();
        let looks = std::cell::Cell::new(0);
        sort_by(&mut items, |one, other| {
            looks.set(looks.get() + 1);
            one.cmp(other)
        });
        assert_eq!((items, looks.get()), ((0..1000).collect(), 999));
    }
}
