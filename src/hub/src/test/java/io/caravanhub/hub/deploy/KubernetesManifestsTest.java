package io.caravanhub.hub.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.TestDatabase;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests of deploy/kubernetes against the classes made from the Kubernetes API's schemas.
 */
class KubernetesManifestsTest {
  private static final Path FOLDER = TestDatabase.root().resolve("deploy/kubernetes");

  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "v1/ConfigMap", ConfigMap.class,
          "v1/Namespace", Namespace.class,
          "v1/Service", Service.class,
          "v1/ServiceAccount", ServiceAccount.class,
          "apps/v1/StatefulSet", StatefulSet.class,
          "autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
          "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
          "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
          "keda.sh/v1alpha1/ScaledObject", ScaledObject.class);

  /** What KEDA's own schema has, as far as it is used here; KEDA publishes no classes of it. */
  private record ScaledObject(String apiVersion, String kind, JsonNode metadata, Scaling spec) {}

  private record Scaling(
      Target scaleTargetRef,
      int pollingInterval,
      int minReplicaCount,
      int maxReplicaCount,
      Advanced advanced,
      List<Trigger> triggers) {}

  private record Target(String apiVersion, String kind, String name) {}

  private record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

  private record Autoscaler(HorizontalPodAutoscalerBehavior behavior) {}

  private record Trigger(String type, Map<String, String> metadata) {}

  private static final YAMLMapper STRICT =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                // The classes put fields they do not know by; here they are mistakes.
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .build();

  private static List<Object> read(String yaml) throws IOException {
    List<Object> read = new ArrayList<>();
    for (JsonNode document :
        STRICT.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll()) {
      String kind = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
      assertThat(KINDS).containsKey(kind);
      read.add(STRICT.treeToValue(document, KINDS.get(kind)));
    }
    return read;
  }

  @Test
  void everyFileHasOnlyWhatTheApiKnows() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(FOLDER)) {
      files =
          found
              .filter(f -> f.toString().endsWith(".yaml"))
              .filter(f -> !f.endsWith("kustomization.yaml"))
              .toList();
    }
    assertThat(files).hasSizeGreaterThan(8);
    for (Path file : files) {
      assertThat(read(Files.readString(file))).as("%s", file).isNotEmpty();
    }
  }

  @Test
  void aFieldThatTheApiDoesNotKnowIsFound() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    apiVersion: apps/v1
                    kind: StatefulSet
                    spec: {template: {spec: {containers: [{name: hub, livenesProbe: {}}]}}}
                    """))
        .hasMessageContaining("livenesProbe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "hpa", "keda"})
  void anOverlayIsWholeAndGivesNoPodMoreThanItNeeds(String overlay) throws Exception {
    List<Object> all = read(built(overlay));
    List<StatefulSet> hubs = of(all, StatefulSet.class);

    assertThat(hubs)
        .extracting(hub -> hub.getMetadata().getName())
        .containsExactlyInAnyOrder("ingest", "pipeline", "rest");
    assertThat(hubs).allSatisfy(KubernetesManifestsTest::isGuarded);
    for (Service service : of(all, Service.class)) {
      finds(hubs, service.getSpec().getSelector());
    }
    for (PodDisruptionBudget budget : of(all, PodDisruptionBudget.class)) {
      finds(hubs, budget.getSpec().getSelector().getMatchLabels());
    }
    for (NetworkPolicy policy : of(all, NetworkPolicy.class)) {
      finds(hubs, policy.getSpec().getPodSelector().getMatchLabels());
    }
    List<String> scaled = new ArrayList<>();
    of(all, HorizontalPodAutoscaler.class)
        .forEach(scaler -> scaled.add(scaler.getSpec().getScaleTargetRef().getName()));
    of(all, ScaledObject.class)
        .forEach(object -> scaled.add(object.spec().scaleTargetRef().name()));
    for (StatefulSet hub : hubs) {
      assertThat(hub.getSpec().getReplicas() == null)
          .as("either the manifest or an autoscaler says how many %s", hub.getMetadata().getName())
          .isEqualTo(scaled.contains(hub.getMetadata().getName()));
    }
  }

  private static void isGuarded(StatefulSet hub) {
    PodSpec pod = hub.getSpec().getTemplate().getSpec();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getContainers()).hasSize(1);
    Container container = pod.getContainers().get(0);
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getResources().getLimits()).containsKey("memory");
    assertThat(container.getStartupProbe()).isNotNull();
    assertThat(container.getLivenessProbe()).isNotNull();
    assertThat(container.getReadinessProbe()).isNotNull();
    assertThat(container.getEnv()).extracting(EnvVar::getName).containsExactly("HUB_ROLES");
    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getSecret() != null)
        .extracting(volume -> volume.getSecret().getSecretName())
        .containsExactly("caravan-hub");
  }

  private static void finds(List<StatefulSet> hubs, Map<String, String> labels) {
    assertThat(hubs)
        .as("a hub with the labels %s", labels)
        .anySatisfy(
            hub ->
                assertThat(hub.getSpec().getTemplate().getMetadata().getLabels())
                    .containsAllEntriesOf(labels));
  }

  private static <T> List<T> of(List<Object> all, Class<T> type) {
    return all.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static String built(String overlay) throws Exception {
    Path folder = FOLDER.resolve("overlays").resolve(overlay);
    Process kubectl;
    try {
      kubectl =
          new ProcessBuilder("kubectl", "kustomize", folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "no kubectl here; the overlays are not put together");
      throw e;
    }
    String yaml = new String(kubectl.getInputStream().readAllBytes());
    assertThat(kubectl.waitFor()).isZero();
    return yaml;
  }
}
