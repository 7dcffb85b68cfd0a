package io.caravanhub.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Core is shared with the edge: what belongs to the hub alone stays out of it. */
@AnalyzeClasses(packages = "io.caravanhub.core", importOptions = DoNotIncludeTests.class)
class WallsTest {
  @ArchTest
  static final ArchRule KEEPS_THE_HUBS_LIBRARIES_OUT =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework..",
              "org.drools..",
              "org.kie..",
              "org.postgresql..",
              "java.sql..");

  @ArchTest
  static final ArchRule KNOWS_NEITHER_HUB_NOR_EDGE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.caravanhub.hub..", "io.caravanhub.edge..", "io.caravanhub.sim..");

  @ArchTest
  static final ArchRule HAS_NO_CYCLES =
      SlicesRuleDefinition.slices().matching("io.caravanhub.core.(*)..").should().beFreeOfCycles();
}
