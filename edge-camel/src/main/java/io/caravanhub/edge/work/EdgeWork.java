package io.caravanhub.edge.work;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.work.WorkRule;
import io.caravanhub.edge.spool.SpoolHeaders;
import io.caravanhub.edge.uplink.HealthPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.CamelContextStoppingEvent;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what section {@code work:} says with canonical messages, as the step {@code edgeWork} of the
 * forwarding route. An exchange goes on with what remains of its body, or stops there when nothing
 * does. Windows and the past of a burst are sent as exchanges of their own, into {@code
 * {{channel.worked.to}}}, before the exchange at hand goes on; a failure of them fails it, and its
 * sender tries again. Anything but a canonical message with measurements passes as it came.
 *
 * <p><b>What holds when the gateway ends.</b> Readings of a device that waits for an
 * acknowledgement (over MQTT, HTTP) never go into a window: they are sent or, by a rule's own word,
 * left out, before it is acknowledged. Readings that the gateway polled are acknowledged by nobody.
 * Those in an open window are in memory, and as statistics on disk every {@code snapshot} (PT10S).
 * At a stop, windows are closed and sent, marked partial. After a kill they go on from the disk and
 * are marked partial, for up to one snapshot's readings may be missing: {@code count} says how many
 * are in. The raw past of a burst is in memory alone.
 *
 * <p>Thread-safe; messages of one device are worked on one at a time.
 */
public final class EdgeWork extends AsyncProcessorSupport implements CamelContextAware, HealthPart {
  /** Its name in the registry. */
  public static final String NAME = "edgeWork";

  private static final Logger LOG = LoggerFactory.getLogger(EdgeWork.class);
  private static final long TICK_MS = 250;
  private static final int DEVICES_MAX = 10_000;
  private static final long STOP_MS = 3_000;

  private volatile WorkSettings settings;
  private final WorkCounts counts = new WorkCounts();
  private final AtomicLong held = new AtomicLong();
  private final Map<DeviceKey, Entry> devices = new ConcurrentHashMap<>();
  private final WindowsFile file;
  private @Nullable CamelContext context;
  private @Nullable WorkOutlet outlet;
  private @Nullable ScheduledExecutorService clock;
  private volatile boolean stopping;
  private boolean resumed;
  private long written = System.nanoTime();

  private record DeviceKey(String tenant, String device) {}

  private static final class Entry {
    final DeviceKey key;
    final Outbox outbox;
    final DeviceWork work;
    volatile String source;

    Entry(DeviceKey key, Outbox outbox, DeviceWork work, String source) {
      this.key = key;
      this.outbox = outbox;
      this.work = work;
      this.source = source;
    }
  }

  public EdgeWork(WorkSettings settings) {
    this.settings = settings;
    this.file = new WindowsFile(settings.folder());
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    context = camelContext;
  }

  @Override
  public @Nullable CamelContext getCamelContext() {
    return context;
  }

  @Override
  protected void doStart() throws Exception {
    if (!settings.rules().isEmpty() || file.exists()) {
      begin();
    }
  }

  private synchronized void begin() throws Exception {
    CamelContext current = context;
    if (current == null || clock != null) {
      return;
    }
    outlet = new WorkOutlet(current, "{{channel.worked.to:{{channel.raw.to}}}}");
    if (!resumed) {
      resumed = true;
      current.getManagementStrategy().addEventNotifier(new Flush());
      file.read().forEach(this::resume);
    }
    ScheduledExecutorService fresh =
        current.getExecutorServiceManager().newScheduledThreadPool(this, "edge-work", 1);
    clock = fresh;
    var unused = fresh.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  /** Goes by these rules from now on; open windows are closed, partial, and sent first. */
  public void follow(List<WorkRule> rules) {
    WorkSettings fresh = settings.with(rules);
    settings = fresh;
    if (isStarted() && !rules.isEmpty()) {
      try {
        begin();
      } catch (Exception e) {
        throw new IllegalStateException("local work does not start: " + e.getMessage(), e);
      }
    }
    for (Entry entry : devices.values()) {
      entry.work.follow(fresh);
      entry.outbox.retry();
    }
  }

  @Override
  protected void doStop() throws Exception {
    ScheduledExecutorService old = clock;
    clock = null;
    if (old != null && context != null) {
      context.getExecutorServiceManager().shutdownNow(old);
      write();
    }
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    if (settings.rules().isEmpty() || WorkOutlet.isOwn(exchange)) {
      callback.done(true);
      return true;
    }
    Entry entry = entry(exchange);
    if (entry == null) {
      callback.done(true);
      return true;
    }
    if (WorkOutlet.EVENT.equals(exchange.getMessage().getHeader(SpoolHeaders.KIND))) {
      entry.work.event();
    } else {
      work(exchange, entry);
    }
    return entry.outbox.flush(exchange, callback);
  }

  private @Nullable Entry entry(Exchange exchange) {
    String tenant = exchange.getMessage().getHeader(TelemetryHeaders.TENANT, "", String.class);
    String device = exchange.getMessage().getHeader(TelemetryHeaders.DEVICE, String.class);
    if (exchange.getMessage().getHeader(TelemetryHeaders.MAPPING) != null) {
      return null;
    }
    String source = exchange.getMessage().getHeader(TelemetryHeaders.SOURCE, "", String.class);
    return device == null ? null : entry(new DeviceKey(tenant, device), source);
  }

  private @Nullable Entry entry(DeviceKey key, String source) {
    Entry known = devices.get(key);
    if (known != null) {
      return known;
    }
    if (devices.size() >= DEVICES_MAX || !settings.concerns(key.device())) {
      return null;
    }
    Entry made = devices.computeIfAbsent(key, fresh -> newEntry(fresh, source));
    // The rules may have changed before it was there to be told.
    made.work.follow(settings);
    return made;
  }

  private Entry newEntry(DeviceKey key, String source) {
    Entry[] self = new Entry[1];
    Outbox outbox = new Outbox((body, done) -> send(self[0], body, done), counts);
    DeviceWork work = new DeviceWork(key.device(), settings, counts, held, outbox::add);
    self[0] = new Entry(key, outbox, work, source);
    return self[0];
  }

  private void send(Entry entry, byte[] body, Consumer<@Nullable Throwable> done) {
    WorkOutlet to = outlet;
    if (to == null) {
      done.accept(new IllegalStateException("the gateway's local work has not started"));
    } else {
      to.send(entry.key.tenant(), entry.key.device(), entry.source, null, body, done);
    }
  }

  private void work(Exchange exchange, Entry entry) {
    byte[] body = exchange.getMessage().getBody(byte[].class);
    if (body == null) {
      return;
    }
    entry.source =
        exchange.getMessage().getHeader(TelemetryHeaders.SOURCE, entry.source, String.class);
    byte[] rest = entry.work.take(body, !stopping && !acknowledged(entry.source));
    if (rest == null) {
      exchange.setRouteStop(true);
      return;
    }
    if (rest != body) {
      exchange.getMessage().setBody(rest);
    }
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onFailure(Exchange failed) {
                entry.work.forget();
              }
            });
  }

  // Who polls is told nothing; everybody else is told that his message is kept.
  private static boolean acknowledged(String source) {
    return source.isEmpty()
        || source.equals("mqtt")
        || source.equals("http")
        || source.startsWith("webhook");
  }

  /** An event of the device was noticed: where a rule says so, its raw readings are sent. */
  public void event(String tenant, String device) {
    Entry entry = devices.get(new DeviceKey(tenant, device));
    if (entry != null) {
      entry.work.event();
    }
  }

  @Override
  public String name() {
    return "work";
  }

  /** What was done with how many readings since the start. */
  @Override
  public Map<String, Object> report() {
    Map<String, Object> fields = counts.fields();
    fields.put("devices", devices.size());
    fields.put("held_bytes", held.get());
    return fields;
  }

  private void tick() {
    try {
      long now = System.nanoTime();
      for (Entry entry : devices.values()) {
        entry.work.closeOverdue(now);
        entry.outbox.retry();
      }
      if (now - written >= settings.snapshot().toNanos()) {
        written = now;
        write();
      }
    } catch (RuntimeException | IOException e) {
      LOG.warn("Local work goes on, but: {}", e.toString());
    }
  }

  private synchronized void write() throws IOException {
    file.write(
        devices.values().stream()
            .map(
                entry ->
                    new WindowsFile.Kept(
                        entry.key.tenant(),
                        entry.key.device(),
                        entry.source,
                        entry.work.keep(),
                        entry.outbox.waiting()))
            .filter(kept -> !kept.isNothing())
            .toList());
  }

  private void resume(WindowsFile.Kept kept) {
    Entry entry =
        devices.computeIfAbsent(
            new DeviceKey(kept.tenant(), kept.device()), key -> newEntry(key, kept.source()));
    kept.unsent().forEach(body -> entry.outbox.add(body.getBytes(StandardCharsets.UTF_8)));
    kept.windows().forEach(entry.work::resume);
  }

  /** Sends open windows while the routes still run. */
  private final class Flush extends EventNotifierSupport {
    @Override
    public boolean isEnabled(CamelEvent event) {
      return event instanceof CamelContextStoppingEvent;
    }

    @Override
    public void notify(CamelEvent event) throws Exception {
      stopping = true;
      List<Entry> all = List.copyOf(devices.values());
      CountDownLatch arrived = new CountDownLatch(all.size());
      for (Entry entry : all) {
        entry.work.closeAll();
        entry.outbox.flush(failure -> arrived.countDown());
      }
      if (!arrived.await(STOP_MS, TimeUnit.MILLISECONDS)) {
        LOG.warn("Windows of {} devices are kept for the next start", arrived.getCount());
      }
      write();
    }
  }
}
