#pragma once
/// What the window remembers between runs: geometry, splitters, columns, recent sessions, how a capture was imported
/// last. A file under `$XDG_STATE_HOME` (XDG Base Directory Specification 0.8: view state and recent files belong
/// there), never under the settings. Thread: gui.
#include "core/frame/redactionrules.h"
#include "core/store/sessionfile.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace framescope {

/// What a session that is made of a capture keeps of the payloads.
struct ImportChoice
{
    PayloadPolicy payloads = PayloadPolicy::Full;
    RedactionRules redaction; ///< of PayloadPolicy::Redacted; kept while another policy is chosen
};

class WindowMemory
{
public:
    static constexpr int recentLimit = 10;

    [[nodiscard]] static QString path();
    [[nodiscard]] static QByteArray state(const QString& key);
    static void setState(const QString& key, const QByteArray& state);
    static void forgetLayout();

    [[nodiscard]] static QStringList recentSessions();
    static void addRecentSession(const QString& path);
    static void clearRecentSessions();

    /// No part of the layout: a layout that is reset must not bring back payloads that were to be redacted.
    [[nodiscard]] static ImportChoice lastImport();
    static void setLastImport(const ImportChoice& choice);
};

} // namespace framescope
