process.env["METADATA_SERVER_DETECTION"] = "none";
