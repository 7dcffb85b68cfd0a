package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.BundleCheck;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.work.WorkRule;
import io.caravanhub.edge.uplink.HealthPart;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the gateway at what the hub wants of it: configuration and software. Has one thread of its
 * own once it is started; its other methods may be called from any.
 */
public final class Management implements Closeable, HealthPart {
  /** Exit code that asks the start script for the other slot. */
  public static final int OTHER_SLOT = 75;

  private static final Logger LOG = LoggerFactory.getLogger(Management.class);
  private final ManageSettings settings;
  private final Path packaged;
  private final HubApi hub;
  private final ConfigurationKeeper keeper;
  private final LiveConfiguration live;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "management");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Runnable hinted;
  private final Map<String, String> troubles = new ConcurrentHashMap<>();

  /**
   * Finishes what the last run had begun, so that the configuration can be read.
   *
   * @param packaged the mappings that the package brings
   * @param rules the folder of rules that {@code edge.yaml} names, or null
   * @param own connections of {@code edge.yaml}
   * @param work rules of local work of {@code edge.yaml}
   * @param reader reads connections; throws IllegalArgumentException naming the field
   * @throws UncheckedIOException when the folder of versions cannot be used
   */
  public Management(
      ManageSettings settings,
      Path packaged,
      @Nullable Path rules,
      List<FieldbusConnection> own,
      List<WorkRule> work,
      Function<JsonNode, List<FieldbusConnection>> reader) {
    this.settings = settings;
    this.packaged = packaged;
    this.hub = new HubApi(settings.api(), settings.token(), settings.tls());
    VersionStore store = new VersionStore(settings.folder(), packaged, rules);
    this.live = new LiveConfiguration(store.inForce(), reader, own, work);
    this.keeper = new ConfigurationKeeper(settings, hub, store, live, System::nanoTime);
    try {
      keeper.recover();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "manage.folder: " + settings.folder() + " cannot be used: " + e, e);
    }
  }

  /** What is in force. */
  public LiveConfiguration live() {
    return live;
  }

  @Override
  public String name() {
    return "configuration";
  }

  @Override
  public Map<String, Object> report() {
    ConfigurationKeeper.State now = keeper.state();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("desired", now.desired());
    fields.put("running", now.running());
    fields.put("state", now.state());
    fields.put("error", now.error());
    return fields;
  }

  /**
   * Begins to ask the hub.
   *
   * @param context whose readers parse route files
   * @param health how the gateway is doing
   * @param exit ends the process with this code, in order
   */
  public void start(CamelContext context, SiteHealth health, IntConsumer exit) {
    BundleCheck check = new BundleCheck(context, KnownMetrics.CATALOGUE, this::isPackaged);
    SoftwareUpdate software = new SoftwareUpdate(settings, hub, System::nanoTime);
    software.started();
    long interval = settings.interval().toMillis();
    var pulls =
        clock.scheduleWithFixedDelay(
            () -> guarded("configuration", () -> keeper.pull(check, health)),
            Math.min(1000, interval),
            interval,
            TimeUnit.MILLISECONDS);
    var watches =
        clock.scheduleWithFixedDelay(
            () ->
                guarded(
                    "trial",
                    () -> {
                      keeper.watch(health);
                      software.watch(health);
                    }),
            200,
            Math.min(1000, settings.settle().toMillis()),
            TimeUnit.MILLISECONDS);
    var updates =
        clock.scheduleWithFixedDelay(
            () ->
                guarded(
                    "software",
                    () -> {
                      if (!keeper.isWatching() && software.look()) {
                        exit.accept(OTHER_SLOT);
                      }
                    }),
            Math.min(2000, interval),
            interval,
            TimeUnit.MILLISECONDS);
    hinted = () -> clock.execute(() -> guarded("configuration", () -> keeper.pull(check, health)));
  }

  /** The hub has something new: asks at once. */
  public void hint() {
    Runnable ask = hinted;
    if (ask != null) {
      ask.run();
    }
  }

  private boolean isPackaged(String map) {
    Path file = packaged.resolve(map).normalize();
    return file.startsWith(packaged.normalize()) && Files.isRegularFile(file);
  }

  private interface Work {
    void run() throws IOException;
  }

  /** What fails is tried again with the next turn; the same trouble is said once. */
  private void guarded(String what, Work work) {
    try {
      work.run();
      troubles.remove(what);
    } catch (IOException | RuntimeException e) {
      String text = Optional.ofNullable(e.getMessage()).orElse(e.toString());
      if (!text.equals(troubles.put(what, text))) {
        LOG.warn("{} from the hub: {}; tried again each {}", what, text, settings.interval());
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
