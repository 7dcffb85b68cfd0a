package io.caravanhub.hub.console;

import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.upload.CsvUpload;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/**
 * The page that takes CSV files. The script sends the file itself as the body, not a form: a form
 * would be put on the disk before anybody knows whether its sender may.
 */
@Controller
class UploadPage {
  private final CsvUpload upload;

  UploadPage(CsvUpload upload) {
    this.upload = upload;
  }

  @GetMapping("/uploads")
  String page(@AuthenticationPrincipal HubPrincipal who, Model model) {
    model.addAttribute("may", who.is("admin", "engineer"));
    return "console/uploads";
  }

  /** Answers the report as a part of the page. */
  @PostMapping("/uploads")
  String take(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(name = "dry_run", defaultValue = "false") boolean dryRun,
      HttpServletRequest request,
      HttpServletResponse response,
      Model model)
      throws IOException {
    if (!who.is("admin", "engineer")) {
      throw new ResponseStatusException(HttpStatus.FORBIDDEN);
    }
    try {
      model.addAttribute("report", upload.read(request.getInputStream(), who, dryRun));
    } catch (ProblemException e) {
      response.setStatus(e.status());
      model.addAttribute("refusal", (e.field() == null ? "" : e.field() + ": ") + e.getMessage());
    }
    return "console/uploads :: report";
  }
}
