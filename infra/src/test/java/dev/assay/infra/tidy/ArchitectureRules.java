package dev.assay.infra.tidy;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rules on compiled main code: who may know whom, and which calls are left to the wiring.
 *
 * <p>Does not check: what is reached by reflection.
 */
final class ArchitectureRules {
  private static final String OURS = "dev.assay.";

  /** The one class of the archiver that the reference builder may know. */
  private static final String OBJECT_STORE = OURS + "archiver.ObjectStore";

  /**
   * Which modules a module may know. A module that is not listed here is a finding, so that nobody
   * adds one without deciding. In particular, {@code reference-builder} and {@code replica-store}
   * never know each other, so that one bug can't hide on both sides.
   */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.of(
          "logformat", Set.of(),
          "replicastore", Set.of("logformat"),
          "requestrouter", Set.of("replicastore", "logformat"),
          "archiver", Set.of("logformat"),
          "referencebuilder", Set.of("logformat", "archiver"),
          "infra",
              Set.of("logformat", "replicastore", "requestrouter", "archiver", "referencebuilder"),
          "benchmarks", Set.of("logformat", "archiver", "referencebuilder"));

  /** Put things together from outside, so they may read clocks and make random numbers. */
  private static final Set<String> WIRING = Set.of("infra", "benchmarks");

  /**
   * Where the monotonic clock comes in behind a parameter that tests set. It measures waits and
   * never reaches what is stored, so a default is worth its convenience; but only here.
   */
  private static final Set<String> MONOTONIC_CLOCK_COMES_IN =
      Set.of("dev.assay.replicastore.consensus.RatisConsensus", "dev.assay.requestrouter.Waiting");

  /** Calls that make a run impossible to repeat, or that hide what happened. */
  private static final Map<String, String> LEFT_TO_THE_WIRING =
      Map.ofEntries(
          Map.entry("java.lang.System.currentTimeMillis", "inject an InstantSource"),
          Map.entry("java.lang.System.nanoTime", "inject a clock, or use the registry's timers"),
          Map.entry("java.time.Instant.now", "inject an InstantSource"),
          Map.entry("java.time.Clock.systemUTC", "inject an InstantSource"),
          Map.entry("java.time.Clock.systemDefaultZone", "inject an InstantSource"),
          Map.entry("java.time.InstantSource.system", "inject an InstantSource"),
          Map.entry("java.time.LocalDateTime.now", "inject an InstantSource"),
          Map.entry("java.time.ZonedDateTime.now", "inject an InstantSource"),
          Map.entry("java.lang.Thread.sleep", "wait for a condition"),
          Map.entry("java.util.UUID.randomUUID", "inject a RandomGenerator"),
          Map.entry("java.util.concurrent.ThreadLocalRandom.current", "inject a RandomGenerator"),
          Map.entry("java.lang.Math.random", "inject a RandomGenerator"),
          Map.entry("java.util.Random.<init>()", "inject a RandomGenerator"),
          Map.entry("java.util.SplittableRandom.<init>()", "inject a RandomGenerator"),
          Map.entry("java.security.SecureRandom.<init>()", "inject a RandomGenerator"),
          Map.entry("java.lang.System.out", "use a logger"),
          Map.entry("java.lang.System.err", "use a logger"));

  private static final Map<String, String> NOWHERE =
      Map.of("java.lang.Throwable.printStackTrace()", "log it or throw it on");

  private ArchitectureRules() {}

  /** Modules know only those that they may know. */
  static List<Finding> moduleGraph(JavaClasses classes) {
    Set<Finding> findings = new TreeSet<>(ArchitectureRules::inOrder);
    for (JavaClass from : classes) {
      String module = module(from.getPackageName());
      Set<String> mayKnow = MAY_KNOW.get(module);
      if (mayKnow == null) {
        findings.add(new Finding("module-graph", module, "decide which modules it may know"));
        continue;
      }
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        String target = module(to.getPackageName());
        if (to.getPackageName().startsWith(OURS)
            && !target.equals(module)
            && !(mayKnow.contains(target) && narrowly(module, to))) {
          findings.add(new Finding("module-graph", from.getName(), "may not know " + to.getName()));
        }
      }
    }
    return List.copyOf(findings);
  }

  private static boolean narrowly(String module, JavaClass to) {
    return !(module.equals("referencebuilder") && module(to.getPackageName()).equals("archiver"))
        || to.getName().equals(OBJECT_STORE)
        || to.getName().startsWith(OBJECT_STORE + "$");
  }

  /** {@code logformat} of {@code dev.assay.logformat.x}; the package itself if it is not ours. */
  private static String module(String packageName) {
    return packageName.startsWith(OURS)
        ? packageName.substring(OURS.length()).split("\\.")[0]
        : packageName;
  }

  /** Calls that only the wiring may make, and calls that nobody may make. */
  static List<Finding> bannedCalls(JavaClasses classes) {
    List<Finding> findings = new ArrayList<>();
    for (JavaClass type : classes) {
      boolean wiring = WIRING.contains(module(type.getPackageName()));
      for (JavaAccess<?> access : type.getAccessesFromSelf()) {
        String instead = instead(NOWHERE, access.getTarget(), Throwable.class);
        if (instead == null && !wiring && !isDefaultClock(type, access)) {
          instead = instead(LEFT_TO_THE_WIRING, access.getTarget(), null);
        }
        if (instead != null) {
          findings.add(
              new Finding(
                  "banned-call",
                  type.getName() + ":" + access.getLineNumber(),
                  access.getTarget().getFullName() + ": " + instead));
        }
      }
    }
    findings.sort(ArchitectureRules::inOrder);
    return findings;
  }

  private static boolean isDefaultClock(JavaClass type, JavaAccess<?> access) {
    return MONOTONIC_CLOCK_COMES_IN.contains(outermost(type))
        && access.getTarget().getFullName().equals("java.lang.System.nanoTime()");
  }

  /**
   * What to do instead of this access, if it is banned.
   *
   * @param family if given, methods of its subtypes count as its own
   */
  private static @Nullable String instead(
      Map<String, String> banned, AccessTarget target, @Nullable Class<?> family) {
    String owner =
        family != null && target.getOwner().isAssignableTo(family)
            ? family.getName()
            : target.getOwner().getName();
    String name = owner + "." + target.getName();
    String arguments = target.getFullName().replaceFirst("[^(]*", "");
    return banned.getOrDefault(name, banned.get(name + arguments));
  }

  /**
   * No package is part of a cycle of packages.
   *
   * <p>A module's root package holds the words that its feature packages share and also the classes
   * that put the features together; so for it, a cycle counts only when classes form it.
   */
  static List<Finding> packageCycles(JavaClasses classes) {
    Map<String, Set<String>> features = new TreeMap<>();
    Map<String, Set<String>> types = new TreeMap<>();
    for (JavaClass from : classes) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (!to.getPackageName().startsWith(OURS)) {
          continue;
        }
        edge(types, outermost(from), outermost(to));
        if (isFeature(from.getPackageName()) && isFeature(to.getPackageName())) {
          edge(features, from.getPackageName(), to.getPackageName());
        }
      }
    }
    List<Finding> findings = new ArrayList<>();
    for (Set<String> cycle : Cycles.in(features)) {
      findings.add(new Finding("package-cycle", cycle.toString(), "packages know each other"));
    }
    for (Set<String> cycle : Cycles.in(types)) {
      Set<String> packages = new TreeSet<>();
      cycle.forEach(type -> packages.add(type.substring(0, type.lastIndexOf('.'))));
      if (packages.size() > 1) {
        findings.add(new Finding("package-cycle", cycle.toString(), "a cycle across packages"));
      }
    }
    return findings;
  }

  private static void edge(Map<String, Set<String>> graph, String from, String to) {
    Function<String, Set<String>> fresh = _ -> new TreeSet<>();
    graph.computeIfAbsent(from, fresh).add(to);
    graph.computeIfAbsent(to, fresh);
  }

  private static String outermost(JavaClass type) {
    return type.getName().replaceAll("\\$.*", "");
  }

  /** Whether it is a package below a module's root package. */
  private static boolean isFeature(String packageName) {
    return packageName.startsWith(OURS) && packageName.substring(OURS.length()).contains(".");
  }

  private static int inOrder(Finding one, Finding other) {
    return one.toString().compareTo(other.toString());
  }

  /** Finds the sets of nodes that reach each other (Tarjan). */
  private static final class Cycles {
    private final Map<String, Set<String>> graph;
    private final Map<String, Integer> index = new HashMap<>();
    private final Map<String, Integer> low = new HashMap<>();
    private final List<String> stack = new ArrayList<>();
    private final List<Set<String>> found = new ArrayList<>();

    private Cycles(Map<String, Set<String>> graph) {
      this.graph = graph;
    }

    static Collection<Set<String>> in(Map<String, Set<String>> graph) {
      Cycles cycles = new Cycles(graph);
      for (String node : graph.keySet()) {
        if (!cycles.index.containsKey(node)) {
          cycles.visit(node);
        }
      }
      return cycles.found;
    }

    private void visit(String node) {
      int number = index.size();
      index.put(node, number);
      low.put(node, number);
      stack.add(node);
      for (String next : graph.getOrDefault(node, Set.of())) {
        if (!index.containsKey(next)) {
          visit(next);
          low.merge(node, low.getOrDefault(next, number), Math::min);
        } else if (stack.contains(next)) {
          low.merge(node, index.getOrDefault(next, number), Math::min);
        }
      }
      if (low.getOrDefault(node, number) == number) {
        List<String> component = stack.subList(stack.indexOf(node), stack.size());
        if (component.size() > 1) {
          found.add(new TreeSet<>(component));
        }
        component.clear();
      }
    }
  }
}
