// A frame of a stack trace as part of a line.

extension StackFrame {
  /// `cart.py:41`
  func place(limit: Int) -> String {
    let name = file.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? file
    return VisibleText.make(line > 0 ? "\(name):\(line)" : name, limit: limit)
  }

  /// `/srv/shop/cart.py:41 in line_total`, for JSON.
  package var told: String {
    VisibleText.make((line > 0 ? "\(file):\(line)" : file) + (function.isEmpty ? "" : " in \(function)"), limit: 240)
  }
}
