package io.caravanhub.sim.opcua;

import io.caravanhub.sim.plant.Pump;
import io.caravanhub.sim.plant.PumpReading;
import java.time.Instant;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.eclipse.milo.opcua.sdk.core.AccessLevel;
import org.eclipse.milo.opcua.sdk.core.Reference;
import org.eclipse.milo.opcua.sdk.server.ManagedNamespaceWithLifecycle;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.items.DataItem;
import org.eclipse.milo.opcua.sdk.server.items.MonitoredItem;
import org.eclipse.milo.opcua.sdk.server.nodes.UaFolderNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaVariableNode;
import org.eclipse.milo.opcua.sdk.server.nodes.filters.AttributeFilters;
import org.eclipse.milo.opcua.sdk.server.util.SubscriptionModel;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;

/** The address space of a pump: a folder with its serial, and a variable in it for each sensor. */
final class PumpNamespace extends ManagedNamespaceWithLifecycle {
  static final String URI = "urn:caravanhub:plant";

  private static final long CYCLE_MILLIS = 100;

  private final Pump pump;
  private final SubscriptionModel subscriptions;

  PumpNamespace(OpcUaServer server, Pump pump) {
    super(server, URI);
    this.pump = pump;
    subscriptions = new SubscriptionModel(server, this);
    getLifecycleManager().addLifecycle(subscriptions);
    getLifecycleManager().addStartupTask(this::addNodes);
  }

  private void addNodes() {
    String serial = pump.serial();
    UaFolderNode folder =
        new UaFolderNode(
            getNodeContext(),
            newNodeId(serial),
            newQualifiedName(serial),
            LocalizedText.english(serial));
    getNodeManager().addNode(folder);
    folder.addReference(
        new Reference(
            folder.getNodeId(), NodeIds.Organizes, NodeIds.ObjectsFolder.expanded(), false));

    addVariable(folder, "Flow", "m3/h", PumpReading::flow);
    addVariable(folder, "InletPressure", "kPa", PumpReading::inletPressure);
    addVariable(folder, "OutletPressure", "kPa", PumpReading::outletPressure);
    addVariable(folder, "DischargeHead", "kPa", PumpReading::head);
    addVariable(folder, "MotorCurrent", "A", PumpReading::motorCurrent);
    addVariable(folder, "VibrationRms", "mm/s", PumpReading::vibration);
    addVariable(folder, "BearingTemperature", "Cel", PumpReading::bearingTemp);
    addVariable(folder, "Power", "kW", PumpReading::power);
    addVariable(folder, "RunHours", "h", PumpReading::runtime);
  }

  private void addVariable(
      UaFolderNode folder, String name, String unit, ToDoubleFunction<PumpReading> value) {
    UaVariableNode node =
        new UaVariableNode.UaVariableNodeBuilder(getNodeContext())
            .setNodeId(newNodeId(pump.serial() + "/" + name))
            .setBrowseName(newQualifiedName(name))
            .setDisplayName(LocalizedText.english(name))
            .setDescription(LocalizedText.english("in " + unit))
            .setDataType(NodeIds.Double)
            .setTypeDefinition(NodeIds.BaseDataVariableType)
            .setAccessLevel(AccessLevel.READ_ONLY)
            .setUserAccessLevel(AccessLevel.READ_ONLY)
            .build();
    node.getFilterChain()
        .addLast(
            AttributeFilters.getValue(
                read ->
                    new DataValue(
                        new Variant(value.applyAsDouble(pump.reading())),
                        StatusCode.GOOD,
                        cycle())));
    getNodeManager().addNode(node);
    folder.addOrganizes(node);
  }

  // As in a PLC, what is measured in one cycle has one time.
  private static DateTime cycle() {
    long now = System.currentTimeMillis();
    return new DateTime(Instant.ofEpochMilli(now - now % CYCLE_MILLIS));
  }

  @Override
  public void onDataItemsCreated(List<DataItem> items) {
    subscriptions.onDataItemsCreated(items);
  }

  @Override
  public void onDataItemsModified(List<DataItem> items) {
    subscriptions.onDataItemsModified(items);
  }

  @Override
  public void onDataItemsDeleted(List<DataItem> items) {
    subscriptions.onDataItemsDeleted(items);
  }

  @Override
  public void onMonitoringModeChanged(List<MonitoredItem> items) {
    subscriptions.onMonitoringModeChanged(items);
  }
}
