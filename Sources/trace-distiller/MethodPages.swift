// What each method does and takes, in words: written by `scripts/method-pages` from protocol/openrpc.json, which a test holds it against. Not to be changed by hand.

enum MethodPages {
  static var names: [String] { all.map(\.name) }

  static let all: [(name: String, summary: String, parameters: String)] = [
    (
      "traces/subscribe",
      "Tells this client what happens to traces from now on; replaces an earlier subscription. The notifications traces/didStart, traces/didComplete and traces/didChange have {\"traces\": [{\"traceId\", \"handle\"}], \"omitted\"}: at once and then together, at most four times a second, at most 100 traces in one.",
      """
        events  (list of didStart | didComplete | didChange, default ["didComplete"])
            What is told.

      """
    ),
    (
      "traces/unsubscribe",
      "Ends the subscription of this client.",
      """
        It takes nothing.

      """
    ),
    (
      "traces/list",
      "What ran lately: one line per trace, filtered, sorted and paged.",
      """
        filter  (object)
            Which traces; all when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        sort  (recent | slowest | errors, default "recent")
            Newest first, longest first, or most failed spans first.
        limit  (integer 1 to 1000, default 50)
            The most traces of one page.
        cursor  (string)
            nextCursor of the page before; left out for the first page.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "traces/aggregate",
      "Over many traces, per operation or attribute: calls, errors, self and critical time, p50, p95, max, and spans to look at.",
      """
        filter  (object)
            Which traces; all when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        groupBy  (string)
            service, name, target, run, or the key of an attribute (attributes.name for one that is called like one
            of these); service and name together when left out.
        limit  (integer 1 to 1000, default 50)
            The most groups.
        format  (text | json, default "text")
            Text for reading, JSON for programs.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.
        locale  (string)
            Language of the text: zh… speaks Chinese, all others English; initialize sets the default.

      """
    ),
    (
      "traces/compare",
      "What changed between two traces or two runs: paths slower, faster, added, removed, newly failing; the biggest part first.",
      """
        base  (string or object, required)
            What it was before.
        target  (string or object)
            What it is now; the latest trace where left out.
        tolerance  (object)
            What counts as no change; 20 percent and 1 ms where left out.
              percent (number 0 to 1000000000): Of the smaller value; 20 where left out.
              ms (number 0 to 1000000000): Milliseconds; 1 where left out.
        format  (text | json, default "text")
            Text for reading, JSON for programs.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.
        locale  (string)
            Language of the text: zh… speaks Chinese, all others English; initialize sets the default.

      """
    ),
    (
      "traces/check",
      "A verdict: rules about errors, times, counts, findings and regressions hold, are broken or undecided, each with what it looked at.",
      """
        rules  (list of string or string)
            What is to hold; no errors where left out, and no regression where there is a base.
        filter  (object)
            Which traces; all when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        run  (string)
            Only traces of this run: its id, or a part that only one run's id has.
        base  (string or object or object)
            What no regression is held against. Its traces are not checked as well.
        tolerance  (object)
            What counts as no change; 20 percent and 1 ms where left out.
              percent (number 0 to 1000000000): Of the smaller value; 20 where left out.
              ms (number 0 to 1000000000): Milliseconds; 1 where left out.
        format  (text | json, default "text")
            Text for reading, JSON for programs.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "traces/insights",
      "Over many traces: patterns of one kind, service and operation together, with counts, what they cost and the costliest traces.",
      """
        filter  (object)
            Which traces; all when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        format  (text | json, default "text")
            Text for reading, JSON for programs.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "traces/search",
      "Which spans match, in all traces that are kept or in one: the newest trace first, each span with its trace.",
      """
        traceId  (string)
            The one trace to look into, by any of its names; all when left out.
        filter  (object)
            Which spans; all when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        text  (string or object)
            The same as filter.text; where both are given, both must be found.
        limit  (integer 1 to 1000, default 50)
            The most spans of one page.
        cursor  (string)
            nextCursor of the page before; left out for the first page.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "traces/await",
      "Waits until the next matching trace is complete, or returns at once those that completed since the cursor.",
      """
        filter  (object)
            Which traces; any when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        cursor  (string)
            The cursor of the answer before; left out: from now on.
        timeoutMs  (integer 0 to 25000, default 20000)
            How long to wait at most.
        limit  (integer 1 to 1000, default 10)
            The most traces of one answer.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "traces/report",
      "One text with all completed traces that match, failing and slow ones first; what is left out is told with the call that shows it.",
      """
        filter  (object)
            Which completed traces; all when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.
        locale  (string)
            Language of the text: zh… speaks Chinese, all others English; initialize sets the default.

      """
    ),
    (
      "traces/clear",
      "Forgets all traces, or those that match; module logs and counters stay.",
      """
        filter  (object)
            Which traces; all when left out.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        all  (boolean)
            Also traces of other projects. False when left out; without a project of the client's own it changes
            nothing.

      """
    ),
    (
      "trace/explain",
      "Why: ranked findings with evidence, against like traces or a base; what is not explained; the next question. Of a filter: over all of its traces.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        filter  (object)
            In the place of traceId: explains the traces that match, together.
              name (string): Of one span: in its name.
              service (string): Of one span: in its service.
              target (string): Of one span: in its module name.
              status (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status is
                  error or it logged an ERROR.
              minDurationMs (number): Of one span: at least so long.
              maxDurationMs (number): Of one span: at most so long.
              attributes (object): Of one span: each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
              rootName (string): Of the trace: in its root's name.
              rootStatus (ok | error | running): OpenTelemetry's unset reads as ok. A span failed if its status
                  is error or it logged an ERROR.
              minRootDurationMs (number): Of the trace: its root is at least so long.
              maxRootDurationMs (number): Of the trace: its root is at most so long.
              hasErrors (boolean): Of the trace: whether some span failed.
              run (string): Of the trace: in the id of a run that told of it.
              project (string): Of the trace: one of its programs works in this directory or below it, or none
                  of them says where it works. An absolute path, or * for every project. When left out, a client
                  of a hub gets its own project, any other client all.
              since (string): Of the trace: begun at this instant or later; RFC 3339, or Unix nanoseconds as
                  decimal digits.
              until (string): Of the trace: begun at this instant or earlier; RFC 3339, or Unix nanoseconds as
                  decimal digits.
        base  (string or object)
            What it is held against; like traces where left out.
        format  (text | json, default "text")
            Text for reading, JSON for programs.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.
        locale  (string)
            Language of the text: zh… speaks Chinese, all others English; initialize sets the default.

      """
    ),
    (
      "trace/summary",
      "The distilled trace: header, tree, critical path, errors, and what is left out; text or JSON under a bound.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        format  (text | json, default "text")
            Text for reading, JSON for programs.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.
        focus  (string)
            The id of a span: only it and what is below it.
        maxDepth  (integer 0 to 1000000)
            Levels below the top that are shown at most.
        show  (list of tree | criticalPath | insights | errors, default ["tree", "criticalPath", "insights", "errors"])
            The sections to show.
        contents  (preview | text | all, default "preview")
            Of a run of an agent: the opening words of each step, what each said or returned, or all that it was
            given and returned, as recorded. What does not fit is cut in the middle of each text.
        locale  (string)
            Language of the text: zh… speaks Chinese, all others English; initialize sets the default.

      """
    ),
    (
      "trace/criticalPath",
      "Which spans, in which intervals, kept the root from ending sooner; totals per operation.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        root  (string)
            The id of a span whose critical path is wanted; the trace's primary root when left out.
        overflow  (clip | ignore, default "clip")
            A child that ends after its parent is cut at the parent's end, or ignored as detached.
        overlapTolerance  (number)
            Milliseconds that a call may overlap its successor and still have ended before it; 0 takes every instant
            at its word. When left out: the larger of the clock's resolution and 1 % of the shorter of the two.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.
        locale  (string)
            Language of the text: zh… speaks Chinese, all others English; initialize sets the default.

      """
    ),
    (
      "trace/errors",
      "One entry per cause: type, message, place in the code, count, path to the root with the attributes of each ancestor, who swallowed it.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        limit  (integer 1 to 1000, default 100)
            The most entries of one page.
        cursor  (string)
            nextCursor of the page before; left out for the first page.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "trace/insights",
      "Patterns that cost time or hide failures (N+1, sequential calls, retries, swallowed errors…), with evidence and cost.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        focus  (string)
            The id of a span: only it and what is below it.
        limit  (integer 1 to 1000, default 100)
            The most entries of one page.
        cursor  (string)
            nextCursor of the page before; left out for the first page.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.
        locale  (string)
            Language of the text: zh… speaks Chinese, all others English; initialize sets the default.

      """
    ),
    (
      "trace/tree",
      "The plain tree as a flat list of spans in the order of the drawing, each with its depth, page by page.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        focus  (string)
            The id of a span: only it and what is below it.
        maxDepth  (integer 0 to 1000000)
            Levels below the top that are shown at most.
        limit  (integer 1 to 10000, default 100)
            The most spans of one page.
        cursor  (string)
            nextCursor of the page before; left out for the first page.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "trace/span",
      "All of one span: attributes, log events, links, code location, path to the root.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        spanId  (string, required)
            The id of the span; trace/tree shows the ids of a trace.
        limit  (integer 1 to 10000, default 100)
            The most log events of one page.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "trace/export",
      "The trace for another tool: OTLP JSON lines, Chrome trace events, speedscope, or folded stacks, page by page.",
      """
        traceId  (string, default "latest")
            Which trace: its id, an unambiguous beginning of at least 4 characters, its handle (t12), latest,
            latest-error, slowest, or the exact name of its root (the newest of that name).
        format  (otlp | chrome | speedscope | folded, default "otlp")
            The tool's format.
        weight  (self | critical | count, default "self")
            What folded stacks count: nanoseconds of self time (concurrent spans add up to more than the root),
            nanoseconds on the critical path (they add up to the root's duration), or spans. Other formats let it
            pass.
        cursor  (string)
            nextCursor of the page before; left out for the first page.
        maxChars  (integer 400 to 64000000, default 200000)
            The most characters of the answer's JSON, in Unicode scalars. More than other methods allow: an export
            goes into a file, not into a context window.

      """
    ),
    (
      "logs/list",
      "Module logs, the newest first: by trace, level, module, run, time, attributes, text.",
      """
        traceId  (string)
            Only logs that name this trace, by any of its names; all when left out.
        filter  (object)
            Which logs; all when left out.
              level (TRACE | DEBUG | INFO | WARN | ERROR): At least so important.
              service (string): In the service.
              target (string): In the module name.
              run (string): In the run's id.
              project (string): Of programs that work in this directory or below it, and of those of which
                  nothing is known; * for all. Left out: the client's project, where no trace is named.
              since (string): Logged at this instant or later: RFC 3339, or Unix nanoseconds as decimal digits.
              until (string): Logged at this instant or earlier: RFC 3339, or Unix nanoseconds as decimal
                  digits.
              attributes (object): Each key has this value; compared as text.
              text (string or object): What is looked for in texts, in either case.
        limit  (integer 1 to 1000, default 100)
            The most logs of one page.
        cursor  (string)
            nextCursor of the page before; left out for the first page.
        maxChars  (integer 400 to 200000, default 12000)
            The most characters of the answer's JSON, in Unicode scalars; of the text answers of trace/summary,
            traces/compare and traces/aggregate, of their text. What is left out is told.
        maxTokens  (integer 250 to 100000)
            Instead of maxChars: the bound in tokens, as an estimate. A token is counted as two characters, which is
            less than four well-known tokenizers need for answers in English and Chinese; estimatedTokens tells what
            the answer takes at most.

      """
    ),
    (
      "server/status",
      "Pipes, producers, runs, counters of every loss, memory, limits.",
      """
        It takes nothing.

      """
    ),
  ]
}
