package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.MappingProblem;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.mapping.MappingDiff;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.testkit.MappingCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Mappings in a folder, beside those of a hub. */
final class MappingFiles {
  private final Path folder;
  private final FolderMappingCatalog catalog;

  MappingFiles(Path folder) {
    this.folder = folder;
    this.catalog = new FolderMappingCatalog(List.of(folder));
  }

  /** Those of this folder, else of {@code --mappings}, else of the one that the settings name. */
  static MappingFiles in(@Nullable Path given, CommandSpec command) {
    CommandLine parent = command.commandLine().getParent();
    Path inherited =
        parent != null && parent.getCommand() instanceof MappingCommand mapping
            ? mapping.folder()
            : null;
    return new MappingFiles(
        given != null
            ? given
            : inherited != null ? inherited : SettingsHelp.load().folder(Setting.HUB_MAPPINGS));
  }

  List<String> names() {
    return catalog.names();
  }

  Optional<MappingSource> find(String name) {
    return catalog.find(name);
  }

  /** Why the files of this name cannot be used, with line and column, or null when they can. */
  @Nullable String problem(String name) {
    return catalog.problems().stream()
        .filter(problem -> problem.name().equals(name))
        .map(MappingProblem::reason)
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining("; "), text -> text.isEmpty() ? null : text));
  }

  /** Writes a mapping, and takes away the file of a half that it has not. */
  void write(String name, @Nullable String jsonata, @Nullable String fields) throws IOException {
    put(folder.resolve(name + ".jsonata"), jsonata);
    put(folder.resolve(name + ".fields.yaml"), fields);
  }

  private static void put(Path file, @Nullable String content) throws IOException {
    if (content == null) {
      Files.deleteIfExists(file);
      return;
    }
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    Files.writeString(file, content);
  }

  Path folder() {
    return folder;
  }

  /** From what the hub has in force to what the folder holds; empty when they say the same. */
  static String difference(String name, JsonNode ofHub, Optional<MappingSource> ofFile) {
    boolean there = !ofHub.path("version").isNull() && ofHub.has("version");
    return MappingDiff.between(
        name,
        new MappingDiff.Side(
            there ? "hub, version " + ofHub.path("version").asInt() : "not in the hub",
            there ? ofHub.path("jsonata").asText("") : "",
            there ? text(ofHub, "fields") : null),
        new MappingDiff.Side(
            ofFile.isPresent() ? "file" : "no file",
            ofFile.map(MappingSource::content).orElse(""),
            ofFile.map(MappingSource::fields).orElse(null)));
  }

  /** A text of an answer, or null. */
  static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.path(field).asText() : null;
  }

  /** The path of a mapping below /api/v1. */
  static String path(String name) {
    return "/mappings/" + name.replace('/', ':');
  }
}
