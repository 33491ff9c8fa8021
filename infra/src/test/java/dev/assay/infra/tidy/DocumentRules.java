package dev.assay.infra.tidy;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Rules on the Markdown documents. Does not check: links to other hosts. */
final class DocumentRules {
  private static final Pattern LINK =
      Pattern.compile("\\]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern NAMED_LINK = Pattern.compile("^\\[[^\\]]+\\]:\\s+<?(\\S+?)>?\\s*$");
  private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");
  private static final Pattern DECISION =
      Pattern.compile("docs/decisions/(\\d{4})-[a-z0-9-]+\\.md");

  private DocumentRules() {}

  /**
   * Every link to a file of the repository, or to a heading of a document, leads somewhere.
   *
   * @param exists whether there is a file or folder at a path from the root
   */
  static List<Finding> links(List<TextFile> documents, Predicate<String> exists) {
    Map<String, TextFile> byPath =
        documents.stream()
            .filter(TextFile::isMarkdown)
            .collect(Collectors.toMap(TextFile::path, document -> document));
    List<Finding> findings = new ArrayList<>();
    for (TextFile document : byPath.values()) {
      int number = 0;
      for (String line : prose(document)) {
        number++;
        for (String link : linksIn(line)) {
          if (!leadsSomewhere(document, link, byPath, exists)) {
            findings.add(
                new Finding("dead-link", document.path() + ":" + number, "leads nowhere: " + link));
          }
        }
      }
    }
    return findings;
  }

  private static boolean leadsSomewhere(
      TextFile from, String link, Map<String, TextFile> byPath, Predicate<String> exists) {
    if (link.matches("[a-z][a-z0-9+.-]*:.*")) {
      return true;
    }
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    String path =
        file.isEmpty()
            ? from.path()
            : Path.of(from.folder(), URI.create(file).getPath())
                .normalize()
                .toString()
                .replace('\\', '/');
    if (!file.isEmpty() && !exists.test(path)) {
      return false;
    }
    TextFile target = byPath.get(path);
    return hash < 0 || target == null || anchors(target).contains(link.substring(hash + 1));
  }

  private static List<String> linksIn(String line) {
    List<String> links = new ArrayList<>();
    String withoutCode = line.replaceAll("`[^`]*`", "");
    for (Pattern pattern : List.of(LINK, NAMED_LINK)) {
      Matcher matcher = pattern.matcher(withoutCode);
      while (matcher.find()) {
        links.add(matcher.group(1));
      }
    }
    return links;
  }

  /** The lines, those of code blocks emptied. */
  private static List<String> prose(TextFile document) {
    List<String> lines = new ArrayList<>();
    boolean code = false;
    for (String line : document.lines()) {
      boolean fence = line.strip().startsWith("```");
      lines.add(code || fence ? "" : line);
      code ^= fence;
    }
    return lines;
  }

  /** What the usual viewers call the headings. */
  private static Set<String> anchors(TextFile document) {
    return prose(document).stream()
        .map(HEADING::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** Decisions are numbered from 0001, each number once, without holes. */
  static List<Finding> decisions(List<TextFile> files) {
    List<Finding> findings = new ArrayList<>();
    Map<Integer, String> byNumber = new TreeMap<>();
    for (TextFile file : files) {
      if (!file.folder().equals("docs/decisions") || file.name().equals("README.md")) {
        continue;
      }
      Matcher matcher = DECISION.matcher(file.path());
      if (!matcher.matches()) {
        findings.add(finding(file.path(), "is not named NNNN-title.md"));
        continue;
      }
      String other = byNumber.put(Integer.parseInt(matcher.group(1)), file.path());
      if (other != null) {
        findings.add(finding(file.path(), "has the number of " + other));
      }
    }
    int expected = 1;
    for (Map.Entry<Integer, String> entry : byNumber.entrySet()) {
      if (entry.getKey() != expected) {
        findings.add(finding(entry.getValue(), "there is no decision %04d".formatted(expected)));
      }
      expected = entry.getKey() + 1;
    }
    return findings;
  }

  private static Finding finding(String place, String what) {
    return new Finding("decision-number", place, what);
  }
}
