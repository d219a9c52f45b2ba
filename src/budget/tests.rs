use super::*;
use crate::sites::{CalledPart, Callee, Course, FunctionCourse, Length, Object, OtherPlace, Times, Wait};
use crate::source::{Place, Span};

mod functions;

/// A project of these files.
struct Project(Vec<(&'static str, FileCourses)>);

impl Linked for Project {
    fn courses(&self, file: &Path) -> Option<Arc<FileCourses>> {
        let known = self.0.iter().find(|(path, _)| file == Path::new(path));
        known.map(|(_, courses)| Arc::new(courses.clone()))
    }
}

fn evaluation(courses: &[FunctionCourse], own: Vec<Own>) -> Evaluation<'_> {
    let files: &Files<'_> = Box::leak(Box::new(Files::new(Box::leak(Box::new(Alone)))));
    let classes = Box::leak(Box::default());
    let own_of = Box::leak(Box::new(move |_: &[Connect]| own.clone()));
    Evaluation::new(Functions::new((courses, classes), &[], files, own_of))
}

fn shown(text: &str) -> Shown {
    Shown {
        span: Span::empty(0),
        text: text.to_owned(),
        elsewhere: None,
    }
}

fn wait_for(text: &str, bound: Bound) -> Course {
    Course::Wait(Wait {
        what: shown(text),
        length: Length::Is(bound),
        default: None,
        blocks: false,
        connect: None,
        path: None,
    })
}

fn wait(seconds: f64) -> Course {
    wait_for("wait", Bound::Seconds(seconds))
}

fn blocking(seconds: f64) -> Course {
    Course::Wait(Wait {
        what: shown("block"),
        length: Length::Is(Bound::Seconds(seconds)),
        default: None,
        blocks: true,
        connect: None,
        path: None,
    })
}

fn forever() -> Course {
    wait_for("recv", Bound::Unlimited)
}

fn unseen_length() -> Course {
    wait_for("sleep(n)", Bound::Unknown)
}

fn capped(bound: Bound, inner: Course) -> Course {
    Course::Capped {
        by: shown("timeout"),
        bound: Length::Is(bound),
        inner: Box::new(inner),
        is_level: false,
    }
}

fn under(seconds: f64, inner: Course) -> Course {
    capped(Bound::Seconds(seconds), inner)
}

fn repeated(times: Times, body: Course) -> Course {
    Course::Loop {
        head: shown("loop"),
        times,
        body: Box::new(body),
    }
}

fn call(function: usize) -> Course {
    Course::Call {
        call: shown("helper()"),
        function: Callee::Here(function),
        arguments: Vec::new(),
        gives_on: true,
        on: None,
        object: Object::Any,
    }
}

fn total_with(course: Course, courses: Vec<FunctionCourse>) -> Total {
    let mut evaluation = evaluation(&courses, Vec::new());
    total_of(evaluation.test(&course, None).amount.total)
}

fn total(course: Course) -> Total {
    total_with(course, Vec::new())
}

fn seconds(seconds: f64) -> Total {
    Total::Seconds {
        seconds,
        is_loose: false,
    }
}

fn unbounded(place: &str) -> Total {
    Total::Unbounded { place: shown(place) }
}

fn function(course: Course) -> FunctionCourse {
    FunctionCourse {
        defaults: Vec::new(),
        course,
    }
}

#[test]
fn sequences_add_branches_and_gatherings_take_the_larger_and_loops_multiply() {
    let parts = || vec![wait(2.0), wait(3.0)];
    assert_eq!(total(Course::Sequence(parts())), seconds(5.0));
    assert_eq!(total(Course::Branch(parts())), seconds(3.0));
    assert_eq!(total(Course::Together(parts())), seconds(3.0));
    let body = Course::Sequence(parts());
    assert_eq!(total(repeated(Times::Number(3.0), body)), seconds(15.0));
    assert_eq!(total(repeated(Times::Number(0.0), forever())), seconds(0.0));
}

#[test]
fn the_first_place_that_nothing_ends_is_named() {
    let body = vec![
        wait(1.0),
        unseen_length(),
        forever(),
        repeated(Times::Unbounded, wait(1.0)),
    ];
    assert_eq!(total(Course::Sequence(body)), unbounded("recv"));
    assert_eq!(total(repeated(Times::Unbounded, wait(1.0))), unbounded("loop"));
    assert_eq!(total(repeated(Times::Unbounded, Course::default())), seconds(0.0));
    let unknown = Total::Unknown {
        at_least: 1.0,
        place: shown("sleep(n)"),
    };
    assert_eq!(total(Course::Sequence(vec![wait(1.0), unseen_length()])), unknown);
}

#[test]
fn a_deadline_caps_what_it_covers() {
    assert_eq!(total(under(5.0, forever())), seconds(5.0));
    assert_eq!(total(under(5.0, unseen_length())), seconds(5.0));
    assert_eq!(total(under(5.0, wait(2.0))), seconds(2.0));
    assert_eq!(total(under(5.0, Course::default())), seconds(0.0));
    assert_eq!(total(capped(Bound::Unlimited, forever())), unbounded("recv"));
    let unknown = Total::Unknown {
        at_least: 0.0,
        place: shown("timeout"),
    };
    assert_eq!(total(capped(Bound::Unknown, forever())), unknown);
    let loose = Total::Seconds {
        seconds: 60.0,
        is_loose: true,
    };
    assert_eq!(total(capped(Bound::Unknown, wait(60.0))), loose);
}

#[test]
fn what_is_done_on_the_way_out_comes_on_top_of_a_deadline_that_fired() {
    let block = || Course::guarded(forever(), wait(10.0));
    assert_eq!(total(under(5.0, block())), seconds(15.0));
    let in_a_row = Course::Sequence(vec![block(), block()]);
    assert_eq!(total(under(5.0, in_a_row)), seconds(15.0));
    let nested = Course::guarded(block(), wait(10.0));
    assert_eq!(total(under(5.0, nested)), seconds(25.0));
    let short = Course::guarded(wait(1.0), wait(2.0));
    assert_eq!(total(under(5.0, short)), seconds(3.0));
    assert_eq!(
        total(under(5.0, Course::guarded(forever(), forever()))),
        unbounded("recv")
    );
}

#[test]
fn no_deadline_of_an_event_loop_ends_what_blocks_its_thread() {
    let body = Course::Sequence(vec![forever(), blocking(60.0)]);
    assert_eq!(total(under(5.0, body)), seconds(65.0));
    let beside = Course::Together(vec![
        Course::Sequence(vec![wait(1.0), blocking(5.0)]),
        Course::Sequence(vec![wait(1.0), blocking(5.0)]),
    ]);
    assert_eq!(total(beside), seconds(11.0));
}

#[test]
fn a_limit_from_outside_cuts_but_for_the_way_out() {
    let test = Test {
        name: "test_x".to_owned(),
        name_span: Span::empty(0),
        body: Span::empty(0),
        limit: None,
        course: Course::guarded(forever(), wait(10.0)),
        shared: Vec::new(),
        class: None,
    };
    let limit = TestLimit {
        bound: Bound::Seconds(20.0),
        source: "pytest.mark.timeout".to_owned(),
    };
    let cut = budget(&test, Some(limit), &mut evaluation(&[], Vec::new()));
    assert_eq!(cut.total, seconds(30.0));
    assert_eq!(cut.cut_by.as_deref(), Some("pytest.mark.timeout"));
    assert_eq!(
        budget(&test, None, &mut evaluation(&[], Vec::new())).total,
        unbounded("recv")
    );
}

#[test]
fn a_connect_is_counted_by_what_its_library_says_and_goes_on_after_a_deadline() {
    let connect = |length: Length| {
        Course::Wait(Wait {
            what: shown("connect"),
            length,
            default: None,
            blocks: false,
            connect: Some(0),
            path: None,
        })
    };
    let counted = |course: Course, limit: Bound, lingers: f64| {
        let own = Own {
            limit,
            lingers: Bound::Seconds(lingers),
        };
        let total = evaluation(&[], vec![own]).test(&course, None).amount.total;
        total_of(total)
    };
    let ten = Bound::Seconds(10.0);
    assert_eq!(counted(connect(Length::Library), ten, 0.0), seconds(10.0));
    assert_eq!(counted(connect(Length::Library), ten, 10.0), seconds(20.0));
    assert_eq!(
        counted(connect(Length::Is(Bound::Seconds(3.0))), ten, 2.0),
        seconds(5.0)
    );
    assert_eq!(
        counted(connect(Length::Library), Bound::Unlimited, 0.0),
        unbounded("connect")
    );
    // A deadline ends the wait, and not what goes on behind it.
    assert_eq!(counted(under(1.0, connect(Length::Library)), ten, 10.0), seconds(11.0));
    assert_eq!(counted(under(15.0, connect(Length::Library)), ten, 0.0), seconds(10.0));
    assert_eq!(
        counted(under(1.0, connect(Length::Library)), Bound::Unlimited, 2.0),
        seconds(3.0)
    );
}
