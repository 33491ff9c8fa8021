package dev.assay.infra.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DocumentRulesTest {
  private static final TextFile TARGET =
      new TextFile(
          "docs/other.md", "# Other\n\n## What `it` does: a list\n\n```\n# no heading\n```\n");
  private static final Set<String> EXISTING = Set.of("docs", "docs/other.md", "LICENSE");

  private static List<String> deadLinks(String text) {
    TextFile document = new TextFile("docs/one.md", text);
    return DocumentRules.links(List.of(document, TARGET), EXISTING::contains).stream()
        .map(Finding::what)
        .toList();
  }

  private static TextFile decision(String name) {
    return new TextFile("docs/decisions/" + name, "");
  }

  private static List<String> wrongDecisions(TextFile... files) {
    return DocumentRules.decisions(List.of(files)).stream().map(Finding::toString).toList();
  }

  @Test
  void deadLinksAreFound() {
    for (String link :
        List.of(
            "missing.md", "../missing/", "other.md#nowhere", "#nowhere", "other.md#no-heading")) {
      assertEquals(List.of("leads nowhere: " + link), deadLinks("See [it](" + link + ")."));
      assertEquals(List.of("leads nowhere: " + link), deadLinks("![it](" + link + " \"title\")"));
      assertEquals(List.of("leads nowhere: " + link), deadLinks("[it]: " + link));
    }
  }

  @Test
  void deadLinkIsFoundWhereItStands() {
    TextFile document = new TextFile("README.md", "# Top\n\n[here](#top) [there](gone.md)\n");
    assertEquals(
        List.of(new Finding("dead-link", "README.md:3", "leads nowhere: gone.md")),
        DocumentRules.links(List.of(document), EXISTING::contains));
  }

  @Test
  void linksThatLeadSomewhereAreFine() {
    for (String link :
        List.of(
            "other.md",
            "../LICENSE",
            "../docs",
            "other.md#other",
            "other.md#what-it-does-a-list",
            "#one",
            "https://example.org/missing.md",
            "mailto:someone@example.org")) {
      assertEquals(List.of(), deadLinks("# One\n\nSee [it](" + link + ")."));
    }
  }

  @Test
  void linksInCodeAreNoLinks() {
    assertEquals(List.of(), deadLinks("`[it](missing.md)`\n\n```\n[it](missing.md)\n```\n"));
  }

  @Test
  void holeInTheDecisionsIsFound() {
    assertEquals(
        List.of("docs/decisions/0003-c.md: there is no decision 0002 [decision-number]"),
        wrongDecisions(decision("0001-a.md"), decision("0003-c.md")));
    assertEquals(1, wrongDecisions(decision("0002-b.md")).size());
  }

  @Test
  void numberThatIsGivenTwiceIsFound() {
    assertEquals(1, wrongDecisions(decision("0001-a.md"), decision("0001-b.md")).size());
  }

  @Test
  void decisionWithoutNumberIsFound() {
    assertEquals(1, wrongDecisions(decision("why-not.md")).size());
    assertEquals(1, wrongDecisions(decision("1-why-not.md")).size());
  }

  @Test
  void numberedDecisionsAreFine() {
    assertEquals(
        List.of(),
        wrongDecisions(decision("README.md"), decision("0001-a.md"), decision("0002-b.md")));
  }
}
