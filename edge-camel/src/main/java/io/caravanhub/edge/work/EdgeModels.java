package io.caravanhub.edge.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.edge.model.EdgeModel;
import io.caravanhub.edge.model.EdgeModelFormat;
import io.caravanhub.edge.spool.SpoolHeaders;
import io.caravanhub.edge.uplink.HealthPart;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Asks the models of {@code work.models} and puts what they say into the message as measurements,
 * as the step {@code edgeModels} of the forwarding route. An event goes to {@code
 * {{edge.event.to}}} before the exchange goes on. Files and the artifact that reads them are opened
 * when this is made. Thread-safe; messages of one device are taken one at a time.
 */
public final class EdgeModels extends AsyncProcessorSupport
    implements CamelContextAware, HealthPart, AutoCloseable {
  /** Its name in the registry. */
  public static final String NAME = "edgeModels";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Opened> models = new ArrayList<>();
  private final Map<String, Device> devices = new ConcurrentHashMap<>();
  private final ModelCounts counts = new ModelCounts();
  private @Nullable CamelContext context;
  private @Nullable WorkOutlet outlet;

  private record Opened(ModelSettings settings, EdgeModel model) {}

  /**
   * Opens the models.
   *
   * @throws IllegalArgumentException naming the setting whose file, or whose artifact, is missing
   */
  public EdgeModels(WorkSettings settings) {
    List<EdgeModelFormat> formats =
        settings.models().isEmpty() ? List.of() : formats(settings.modelLib());
    for (ModelSettings model : settings.models()) {
      models.add(new Opened(model, open(model, formats, settings.modelLib())));
    }
  }

  // Jars of a folder of their own, which no update of the gateway's software takes away.
  private static List<EdgeModelFormat> formats(Path lib) {
    ClassLoader loader = EdgeModels.class.getClassLoader();
    try {
      if (Files.isDirectory(lib)) {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(lib, "*.jar")) {
          for (Path jar : files) {
            jars.add(jar.toUri().toURL());
          }
        }
        loader = new URLClassLoader(jars.toArray(URL[]::new), loader);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("work.modelLib: cannot be read: " + e.getMessage(), e);
    }
    return ServiceLoader.load(EdgeModelFormat.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  private static EdgeModel open(ModelSettings settings, List<EdgeModelFormat> formats, Path lib) {
    String file = settings.file().getFileName().toString();
    EdgeModelFormat format =
        formats.stream()
            .filter(one -> file.endsWith(one.extension()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        settings.path()
                            + ".file: nothing here reads "
                            + file
                            + "; for .onnx put the jars caravan-edge-onnx and onnxruntime into "
                            + lib));
    EdgeModel model;
    try {
      model = format.open(settings.file());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          settings.path() + ".file: " + settings.file() + ": " + e.getMessage(), e);
    }
    int given = settings.inputs().size();
    if (model.inputs() >= 0 && model.inputs() != given) {
      int takes = model.inputs();
      model.close();
      throw new IllegalArgumentException(
          settings.path() + ".inputs: the model takes " + takes + " numbers, listed are " + given);
    }
    return model;
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
    if (!models.isEmpty() && context != null && outlet == null) {
      outlet = new WorkOutlet(context, "{{edge.event.to:{{channel.raw.to}}}}");
    }
  }

  /** Not at a stop of the route, which may start again. */
  @Override
  public void close() {
    models.forEach(opened -> opened.model().close());
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Device device = models.isEmpty() || WorkOutlet.isOwn(exchange) ? null : device(exchange);
    byte[] body = device == null ? null : exchange.getMessage().getBody(byte[].class);
    if (device == null || body == null) {
      callback.done(true);
      return true;
    }
    byte[] scored = device.take(body);
    if (scored != body) {
      exchange.getMessage().setBody(scored);
    }
    return device.events.flush(exchange, callback);
  }

  private @Nullable Device device(Exchange exchange) {
    String name = exchange.getMessage().getHeader(TelemetryHeaders.DEVICE, String.class);
    if (name == null
        || exchange.getMessage().getHeader(SpoolHeaders.KIND) != null
        || exchange.getMessage().getHeader(TelemetryHeaders.MAPPING) != null) {
      return null;
    }
    String tenant = exchange.getMessage().getHeader(TelemetryHeaders.TENANT, "", String.class);
    Device device = devices.computeIfAbsent(name, fresh -> new Device(tenant, fresh));
    return device.models.isEmpty() ? null : device;
  }

  @Override
  public String name() {
    return "models";
  }

  @Override
  public Map<String, Object> report() {
    return counts.fields();
  }

  /** The models of one device. */
  private final class Device {
    final Outbox events;
    final List<DeviceModel> models;
    private final CanonicalMessage message =
        new CanonicalMessage(new SeriesTable(metric -> new Series(metric, null, null)));
    private byte[] last = {};
    private byte[] lastScored = {};

    Device(String tenant, String name) {
      events = new Outbox((body, done) -> send(tenant, name, body, done), new WorkCounts());
      models =
          EdgeModels.this.models.stream()
              .filter(opened -> opened.settings().devices().matches(name))
              .map(opened -> new DeviceModel(name, opened.settings(), opened.model(), counts))
              .toList();
    }

    private void send(String tenant, String name, byte[] body, Consumer<@Nullable Throwable> done) {
      WorkOutlet to = outlet;
      if (to == null) {
        done.accept(new IllegalStateException("models have not started"));
      } else {
        to.send(tenant, name, "model", WorkOutlet.EVENT, body, done);
      }
    }

    /** The message with scores; given again, it is the same and no model is asked. */
    synchronized byte[] take(byte[] body) {
      if (Arrays.equals(body, last)) {
        return lastScored;
      }
      byte[] scored = body;
      if (message.read(body)) {
        ArrayNode scores = JSON.createArrayNode();
        models.forEach(model -> model.take(message, scores, events::add));
        if (!scores.isEmpty()) {
          String text = scores.toString();
          scored =
              message.with(text.substring(1, text.length() - 1).getBytes(StandardCharsets.UTF_8));
        }
      }
      last = body;
      lastScored = scored;
      return scored;
    }
  }
}
