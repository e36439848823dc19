// Stack traces of ten languages: the innermost frames of the program's own code.

import Testing

@testable import TraceDistiller

@Suite struct StackTraceTests {
  static let cases: [(language: String, trace: String, top: [String])] = [
    (
      "Python, innermost last",
      """
      Traceback (most recent call last):
        File "/srv/v/lib/python3.11/site-packages/opentelemetry/trace/__init__.py", line 602, in use_span
          yield span
        File "/srv/shop/cart.py", line 20, in line_total
          return item['qty']*minor_units(item['price'])
        File "/srv/shop/rates.py", line 15, in minor_units
          return RATES[code]
      KeyError: 'JPY'
      """, ["/srv/shop/rates.py:15 in minor_units", "/srv/shop/cart.py:20 in line_total"]
    ),
    (
      "Python, chained",
      """
      Traceback (most recent call last):
        File "/srv/shop/rates.py", line 15, in minor_units
      KeyError: 'JPY'

      The above exception was the direct cause of the following exception:

      Traceback (most recent call last):
        File "/srv/shop/cart.py", line 22, in line_total
      PriceError: no price
      """, ["/srv/shop/cart.py:22 in line_total"]
    ),
    (
      "JavaScript",
      """
      Error: 14 UNAVAILABLE
          at callErrorFromStatus (/app/node_modules/@grpc/grpc-js/build/src/call.js:31:19)
          at process.processTicksAndRejections (node:internal/process/task_queues:77:11)
          at async CartGateway.addItem (/app/src/cart.js:68:20)
          at /app/src/main.js:9:3
      """, ["/app/src/cart.js:68 in async CartGateway.addItem", "/app/src/main.js:9"]
    ),
    (
      "Java",
      """
      java.net.ConnectException: Connection refused
      \tat java.base/sun.nio.ch.Net.connect0(Native Method)
      \tat org.springframework.web.client.RestTemplate.execute(RestTemplate.java:711)
      \tat com.shop.Cart.price(Cart.java:41)
      \t... 12 more
      """, ["Cart.java:41 in com.shop.Cart.price"]
    ),
    (
      "C#",
      """
      System.InvalidOperationException: no price
         at System.Linq.Enumerable.First(IEnumerable`1 source)
         at Shop.Cart.Price(Item item) in /src/Cart.cs:line 41
      """, ["/src/Cart.cs:41 in Shop.Cart.Price"]
    ),
    (
      "Go",
      """
      goroutine 1 [running]:
      runtime/debug.Stack()
      \t/usr/local/go/src/runtime/debug/stack.go:24 +0x5e
      main.priceLine(0xc000010000)
      \t/srv/shop/cart.go:41 +0x1d
      """, ["/srv/shop/cart.go:41 in main.priceLine"]
    ),
    (
      "Rust",
      """
         0: std::panicking::begin_panic
                   at /rustc/abc/library/std/src/panicking.rs:616:12
         1: shop::cart::price
                   at ./src/cart.rs:41:9
      """, ["./src/cart.rs:41 in shop::cart::price"]
    ),
    (
      "Swift",
      """
      0 [ra] 0x00007f0000000001 _swift_runtime_on_report + 12 in libswiftCore.so
      1 [ra] 0x0000555500000002 price(_:) + 61 in shop at /src/Cart.swift:41:9
      """, ["/src/Cart.swift:41 in price(_:)"]
    ),
    (
      "Ruby", "/usr/lib/ruby/gems/3.2/rack.rb:3:in `call'\n/srv/shop/cart.rb:41:in `price'\n", ["/srv/shop/cart.rb:41 in price"]
    ),
    (
      "PHP", "#0 /app/vendor/guzzle/Client.php(9): GuzzleHttp\\Client->send()\n#1 /app/src/Cart.php(41): Cart->price(Object)\n#2 {main}",
      ["/app/src/Cart.php:41 in Cart->price"]
    ),
    (
      "nothing of its own",
      "Traceback (most recent call last):\n  File \"/usr/lib/python3.11/a.py\", line 1, in f\n  File \"/usr/lib/python3.11/b.py\", line 2, in g\n",
      ["/usr/lib/python3.11/b.py:2 in g"]
    ),
    ("no trace at all", "it went wrong at 10:00:00\nand then some", []),
    ("hostile", "at (\nat \nFile \"\n#\n\tx.go:\n at :line 9\n#0 (9): \n:in .rb:\n at .swift:", [""]),
  ]

  @Test(arguments: cases.indices) func top(_ index: Int) {
    let (language, trace, top) = Self.cases[index]
    let got = StackTrace.top(trace).map(\.told)
    if language == "hostile" { return #expect(got.count <= 2) }
    #expect(got == top, "\(language)")
  }

  /// A frame that is cut at any length causes no crash.
  @Test func everyPrefix() {
    for (_, trace, _) in Self.cases {
      for length in 0...trace.utf8.count { #expect(StackTrace.top(String(decoding: trace.utf8.prefix(length), as: UTF8.self)).count <= 2) }
    }
  }
}
