package io.caravanhub.hub;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.NullMarked;

/** The hub's packages, one level deep, each a noun with its own sentence. */
@AnalyzeClasses(packages = "io.caravanhub.hub", importOptions = DoNotIncludeTests.class)
class WallsTest {
  @ArchTest
  static final ArchRule HAS_NO_CYCLES =
      SlicesRuleDefinition.slices().matching("io.caravanhub.hub.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule IS_ONE_LEVEL_DEEP =
      noClasses().should().resideInAPackage("io.caravanhub.hub.*.*..");

  @ArchTest
  static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS =
      noClasses()
          .that(are("Manager", "Helper", "Util", "Utils", "Impl"))
          .should()
          .resideInAPackage("io.caravanhub..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule ONLY_THE_CONSOLE_KNOWS_TEMPLATES =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.caravanhub.hub.console..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.thymeleaf..", "org.springframework.ui..");

  @ArchTest
  static final ArchRule ONLY_THE_RULES_KNOW_DROOLS =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.caravanhub.hub.rules..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.drools..", "org.kie..");

  @ArchTest
  static final ArchRule ONLY_THE_BROKER_KNOWS_HIVEMQ =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.caravanhub.hub.broker..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.hivemq..");

  @ArchTest
  static final ArchRule ONLY_THE_PIPELINE_LOADS_ROUTES =
      classes()
          .that()
          .haveFullyQualifiedName("io.caravanhub.core.route.RouteLoader")
          .should()
          .onlyBeAccessed()
          .byAnyPackage("io.caravanhub.hub.pipeline..")
          .allowEmptyShould(true);

  @ArchTest
  static void everyPackageSaysWhatItIs(JavaClasses classes) {
    Set<String> silent = new TreeSet<>();
    for (JavaPackage part : classes.getPackage("io.caravanhub.hub").getSubpackages()) {
      if (!part.isAnnotatedWith(NullMarked.class)) {
        silent.add(part.getName());
      }
    }
    Assertions.assertThat(silent).as("packages without a @NullMarked package-info").isEmpty();
  }

  private static DescribedPredicate<JavaClass> are(String... endings) {
    DescribedPredicate<JavaClass> any = DescribedPredicate.alwaysFalse();
    for (String ending : endings) {
      any = any.or(simpleNameEndingWith(ending));
    }
    return any.as("are named %s", String.join(", ", endings));
  }
}
