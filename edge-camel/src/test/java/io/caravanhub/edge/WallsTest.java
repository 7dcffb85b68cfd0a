package io.caravanhub.edge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The gateway is small: what belongs to the hub alone stays out of it. */
@AnalyzeClasses(packages = "io.caravanhub.edge", importOptions = DoNotIncludeTests.class)
class WallsTest {
  @ArchTest
  static final ArchRule KEEPS_THE_HUB_OUT =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.caravanhub.hub..",
              "io.caravanhub.sim..",
              "org.springframework..",
              "org.drools..",
              "org.kie..",
              "org.postgresql..");

  @ArchTest
  static final ArchRule KEEPS_SQL_IN_THE_SPOOL =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.caravanhub.edge.spool")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "org.sqlite..");
}
