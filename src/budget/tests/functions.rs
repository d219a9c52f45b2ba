//! What functions wait for that a test calls.

use super::*;

#[test]
fn a_function_that_waits_and_calls_itself_is_unbounded() {
    let again = vec![function(Course::Sequence(vec![wait(1.0), call(0)]))];
    assert_eq!(total_with(call(0), again), unbounded("helper()"));
    let unknown = Total::Unknown {
        at_least: 1.0,
        place: shown("helper()"),
    };
    let through_another = vec![function(Course::Sequence(vec![wait(1.0), call(1)])), function(call(0))];
    assert_eq!(total_with(call(0), through_another), unknown);
    let of_another = Course::Call {
        call: shown("helper()"),
        function: Callee::Here(0),
        arguments: Vec::new(),
        gives_on: false,
        on: None,
        object: Object::Any,
    };
    let counting = vec![function(Course::Sequence(vec![wait(1.0), of_another]))];
    assert_eq!(total_with(call(0), counting), unknown);
    let idle = vec![function(call(1)), function(call(0))];
    assert_eq!(total_with(call(0), idle), seconds(0.0));
}

#[test]
fn a_function_gets_the_lengths_that_a_call_gives_it() {
    let sleeps = FunctionCourse {
        defaults: vec![(0, Bound::Seconds(7.0))],
        course: Course::Wait(Wait {
            what: shown("sleep"),
            length: Length::Parameter(0),
            default: None,
            blocks: false,
            connect: None,
            path: None,
        }),
    };
    let given = |length| Course::Call {
        call: shown("helper(1)"),
        function: Callee::Here(0),
        arguments: vec![(0, length)],
        gives_on: true,
        on: None,
        object: Object::Any,
    };
    let body = Course::Sequence(vec![call(0), given(Length::Is(Bound::Seconds(1.0)))]);
    assert_eq!(total_with(body, vec![sleeps.clone()]), seconds(8.0));
    let many = (0..100_u32)
        .map(|n| given(Length::Is(Bound::Seconds(f64::from(n)))))
        .collect();
    assert!(matches!(
        total_with(Course::Sequence(many), vec![sleeps]),
        Total::Unknown { .. }
    ));
}

#[test]
fn long_chains_of_calls_and_many_ways_to_the_same_function_cost_nothing() {
    let length = 100_000;
    let chain = (0..length).map(|at| function(Course::Sequence(vec![call(at + 1), call(at + 1)])));
    let courses: Vec<_> = chain.chain([function(wait(1.0))]).collect();
    // 2 to the power of 100,000 seconds.
    assert!(matches!(total_with(call(0), courses), Total::Unbounded { .. }));
    let chain = (0..length).map(|at| function(Course::Branch(vec![call(at + 1), call(at + 1)])));
    let courses: Vec<_> = chain.chain([function(wait(1.0))]).collect();
    assert_eq!(total_with(call(0), courses), seconds(1.0));
}

#[test]
fn a_function_of_another_file_is_counted_there_and_goes_round_in_no_circle() {
    let elsewhere = |file: &str, function: usize, part: CalledPart| Course::Call {
        call: shown("helper()"),
        function: Callee::Elsewhere {
            file: Path::new(file).into(),
            function,
            part,
        },
        arguments: Vec::new(),
        gives_on: true,
        on: None,
        object: Object::Any,
    };
    let course = |course: Course| FunctionCourse {
        defaults: Vec::new(),
        course,
    };
    let there = Shown {
        elsewhere: Some(OtherPlace {
            file: "b.py".into(),
            span: Span::new(90, 99),
            start: Place {
                cell: None,
                line: 7,
                column: 5,
            },
            end: Place {
                cell: None,
                line: 7,
                column: 14,
            },
        }),
        ..shown("recv")
    };
    let for_ever = Course::Wait(Wait {
        what: there.clone(),
        length: Length::Is(Bound::Unlimited),
        default: None,
        blocks: false,
        connect: None,
        path: None,
    });
    let b = FileCourses {
        courses: vec![
            course(wait(2.0)),
            course(for_ever),
            course(wait(3.0)),
            course(wait(4.0)),
        ],
        halves: [(0, (2, 3))].into_iter().collect(),
        ..FileCourses::default()
    };
    // Each calls the other, and waits.
    let round = |other: &str| FileCourses {
        courses: vec![course(Course::Sequence(vec![
            wait(1.0),
            elsewhere(other, 0, CalledPart::Whole),
        ]))],
        ..FileCourses::default()
    };
    let project = Project(vec![("/b.py", b), ("/c.py", round("/d.py")), ("/d.py", round("/c.py"))]);
    let files = Files::new(&project);
    let own_of = |_: &[Connect]| Vec::new();
    let count = |course: Course| {
        let classes = HashMap::new();
        let mut evaluation = Evaluation::new(Functions::new((&[], &classes), &[], &files, &own_of));
        let counted = evaluation.test(&course, None);
        (total_of(counted.amount.total), counted.unseen.len())
    };
    assert_eq!(count(elsewhere("/b.py", 0, CalledPart::Whole)), (seconds(2.0), 0));
    let halves = [CalledPart::Enter, CalledPart::Leave].map(|part| elsewhere("/b.py", 0, part));
    assert_eq!(count(Course::Sequence(halves.into())), (seconds(7.0), 0));
    let place = there;
    assert_eq!(
        count(elsewhere("/b.py", 1, CalledPart::Whole)),
        (Total::Unbounded { place }, 0)
    );
    assert_eq!(count(elsewhere("/nowhere.py", 0, CalledPart::Whole)), (seconds(0.0), 1));
    assert!(matches!(
        count(elsewhere("/c.py", 0, CalledPart::Whole)).0,
        Total::Unknown { .. }
    ));
}
