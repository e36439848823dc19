// Why: the findings of trace/explain, each a way to its span.
import { element, part, visible } from "./words.js";

/**
 * @param {{explain: any, text: string}} facts
 * @param {(id: string) => void} onFinding
 */
export function showFindings(facts, onFinding) {
  const findings = facts.explain.findings ?? [];
  const lines = findings.map((/** @type {any} */ finding) => {
    const line = element("li");
    const button = element("button", "", visible(finding.finding));
    button.setAttribute("type", "button");
    button.dataset.span = finding.spanId;
    button.addEventListener("click", () => onFinding(finding.spanId));
    line.append(button);
    for (const proof of finding.proof ?? []) line.append(element("p", "", visible(proof)));
    for (const but of finding.but ?? []) line.append(element("p", "soft", `but: ${visible(but)}`));
    return line;
  });
  part("finding-list").replaceChildren(...lines);
  if (lines.length === 0) part("finding-list").replaceWith(element("p", "", "Nothing stands out."));
  part("text").textContent = facts.text;
  const bytes = new TextEncoder().encode(facts.text).length;
  part("tokens").textContent = `trace/explain, ${facts.text.length} characters, about ${Math.ceil(bytes / 4)} tokens`;
}
