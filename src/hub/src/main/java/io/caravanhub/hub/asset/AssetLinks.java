package io.caravanhub.hub.asset;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.AssetRegistry;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceChange;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.DeviceRegistry;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.telemetry.MetricCatalog;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The link calls of the API. A link that ends stays in the history, and what the device said while
 * it lasted stays the asset's. Every change is audited. Thread-safe.
 */
@Component("assetLinks")
public class AssetLinks {
  private final LinkRows rows;
  private final AssetBook book;
  private final AssetRegistry assets;
  private final DeviceRegistry devices;
  private final DeviceDirectory directory;
  private final MetricCatalog catalog;
  private final Audit audit;
  private final ApplicationEventPublisher changes;

  AssetLinks(
      LinkRows rows,
      AssetBook book,
      AssetRegistry assets,
      DeviceRegistry devices,
      DeviceDirectory directory,
      MetricCatalog catalog,
      Audit audit,
      ApplicationEventPublisher changes) {
    this.rows = rows;
    this.book = book;
    this.assets = assets;
    this.devices = devices;
    this.directory = directory;
    this.catalog = catalog;
    this.audit = audit;
    this.changes = changes;
  }

  /**
   * {@code POST /devices/{d}/assets/{a}/link}: {@code {role?, port?, metrics?, from?, to?, move?}}.
   * A device's first link holds from its first reading on unless {@code from} says else, a later
   * one from now on. Linking what is linked changes nothing.
   */
  @Transactional
  public Map<String, Object> link(
      @Header("deviceId") String name,
      @Header("assetId") String asset,
      @Body byte @Nullable [] body) {
    HubPrincipal caller = CallerContext.current();
    Device device = device(name);
    assets.get(asset);
    LinkRequest request = LinkRequest.read(body, caller.tenant(), catalog);
    rows.lock(device.id());
    List<LinkView> before = rows.ofDevice(device.id());
    boolean first = before.stream().noneMatch(l -> Objects.equals(l.port(), request.port()));
    Instant now = Instant.now();
    Instant from = request.from() != null ? request.from() : first ? null : now;
    for (LinkView other : before) {
      if (isSame(other, asset, request)) {
        return devices.get(name);
      }
      if (overlaps(other, from, request.to()) && collides(other, asset, request)) {
        makeRoom(other, asset, request, from);
      }
    }
    String id =
        rows.enter(
            device.id(),
            asset,
            request.role(),
            request.port(),
            request.metrics(),
            from,
            request.to(),
            caller.role() + ":" + caller.subject());
    changed(device);
    audit.record("device.link", "device:" + device.id(), null, rows.require(id));
    return devices.get(name);
  }

  /** The same link lasts already, and nothing else is asked of it. */
  private static boolean isSame(LinkView other, String asset, LinkRequest request) {
    return other.to() == null
        && request.from() == null
        && request.to() == null
        && other.asset().equals(asset)
        && other.role().equals(request.role())
        && Objects.equals(other.port(), request.port())
        && other.metrics().equals(request.metrics());
  }

  private static boolean overlaps(LinkView other, @Nullable Instant from, @Nullable Instant to) {
    Instant since = other.from() == null ? null : Instant.parse(other.from());
    Instant until = other.to() == null ? null : Instant.parse(other.to());
    boolean empty = since != null && since.equals(until);
    return !empty
        && (until == null || from == null || from.isBefore(until))
        && (to == null || since == null || since.isBefore(to));
  }

  private static boolean collides(LinkView other, String asset, LinkRequest request) {
    return other.asset().equals(asset)
        ? other.port() == null || request.port() == null || other.port().equals(request.port())
        : other.role().equals(AssetLink.PRIMARY)
            && request.isPrimary()
            && Objects.equals(other.port(), request.port());
  }

  /** The link before ends where the new one begins, if that was asked for and is possible. */
  private void makeRoom(LinkView other, String asset, LinkRequest request, @Nullable Instant from) {
    boolean began =
        other.from() == null || (from != null && Instant.parse(other.from()).isBefore(from));
    boolean again = other.to() == null && request.to() == null;
    if (from != null && began && again && (request.move() || isChange(other, asset, request))) {
      rows.end(other.id(), from);
      return;
    }
    throw ProblemException.conflict(
        request.from() == null ? "move" : "from",
        "the device is linked with asset \""
            + other.asset()
            + "\""
            + (other.from() == null ? "" : " from " + other.from())
            + (other.to() == null ? "" : " to " + other.to())
            + "; "
            + (request.move()
                ? "a move begins after that link began"
                : "say \"move\": true, unlink it, or give this link another role or port"));
  }

  /** Other names or another role of the link that lasts: it goes on as another from now on. */
  private static boolean isChange(LinkView other, String asset, LinkRequest request) {
    return request.from() == null
        && other.asset().equals(asset)
        && Objects.equals(other.port(), request.port())
        && (!other.role().equals(request.role()) || !other.metrics().equals(request.metrics()));
  }

  /** {@code DELETE /devices/{d}/assets/{a}/unlink?port=&at=}: it ends now, or then. */
  @Transactional
  public Map<String, Object> unlink(
      @Header("deviceId") String name,
      @Header("assetId") String asset,
      @Header("port") @Nullable String port,
      @Header("at") @Nullable String at) {
    Device device = device(name);
    String of = LinkRequest.port(port);
    Instant end = Objects.requireNonNullElse(LinkRequest.past(instant(at), "at"), Instant.now());
    rows.lock(device.id());
    List<LinkView> open =
        rows.ofDevice(device.id()).stream()
            .filter(l -> l.to() == null && l.asset().equals(asset))
            .filter(l -> of == null || of.equals(l.port()))
            .toList();
    if (open.isEmpty()) {
      throw ProblemException.notFound("link to asset", asset);
    }
    for (LinkView link : open) {
      rows.end(link.id(), end);
      audit.record("device.unlink", "device:" + device.id(), link, rows.require(link.id()));
    }
    changed(device);
    return devices.get(name);
  }

  /** {@code GET /assets/{a}/links}: all there ever were, newest first. */
  public Page<LinkView> ofAsset(@Header("assetId") String asset) {
    assets.get(asset);
    return new Page<>(rows.ofAsset(asset), null);
  }

  /** {@code GET /devices/{d}/links}: all there ever were, newest first. */
  public Page<LinkView> ofDevice(@Header("deviceId") String name) {
    return new Page<>(rows.ofDevice(device(name).id()), null);
  }

  private Device device(String name) {
    Device device =
        directory
            .find(CallerContext.current().tenant(), name)
            .orElseThrow(() -> ProblemException.notFound("device", name));
    if (device.deviceType().equals(AssetDevices.CONNECTION)
        && device.serial().startsWith(AssetDevices.serial(""))) {
      throw ProblemException.conflict(
          "deviceId", "\"" + name + "\" stands for an asset and is linked with it for good");
    }
    return device;
  }

  private void changed(Device device) {
    directory.forget();
    book.change(device.tenant());
    changes.publishEvent(new DeviceChange(device.tenant(), device.id().toString()));
    // A link at a port is that of the virtual device there.
    for (String part : rows.virtualDevices(device.id())) {
      changes.publishEvent(new DeviceChange(device.tenant(), part));
    }
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null || text.isBlank()
          ? null
          : OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
    } catch (DateTimeParseException e) {
      throw ProblemException.badField("at", "expected ISO 8601 such as 2026-01-31T12:00:00Z");
    }
  }
}
