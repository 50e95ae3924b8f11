#pragma once
/// Reads a session's shapes in the background for the shapes pane. A further run() of the same request goes on where
/// the one before ended.
///
/// Every reply carries the ticket of run(); who has moved on drops it. Thread: a QObject that is moved to a thread of
/// its own; call run() there by queued invocation. Only cancelBelow() is called from outside.
#include "ui/shapes/shaperesult.h"

#include <QObject>
#include <atomic>

namespace framescope {

class SessionReader;

class ShapeReader : public QObject
{
    Q_OBJECT

public:
    ShapeReader();
    ~ShapeReader() override;

    void run(quint64 ticket, const framescope::ShapeRequest& request);
    /// Thread: any. Runs with a lower ticket end soon, without a word.
    void cancelBelow(quint64 ticket) { m_lowestTicket.store(ticket); }

Q_SIGNALS:
    void progressed(quint64 ticket, quint64 done, quint64 all);
    void finished(quint64 ticket, const framescope::ShapeResultPtr& result);

private:
    [[nodiscard]] bool isCurrent(quint64 ticket) const { return ticket >= m_lowestTicket.load(); }
    [[nodiscard]] std::optional<Error> begin(const ShapeRequest& request, ShapeResult& result);
    [[nodiscard]] Expected<void> read(quint64 ticket, ShapeScan& scan, SessionReader& reader);
    [[nodiscard]] Expected<void> readEarlier(quint64 ticket);
    void compare(quint64 ticket, ShapeResult& result);

    ShapeRequest m_request;
    std::unique_ptr<SessionReader> m_reader;
    std::optional<ShapeScan> m_scan;
    std::optional<Error> m_pointError;
    std::optional<ShapeReport> m_earlier; ///< of the other file, read once
    std::atomic<quint64> m_lowestTicket{0};
};

} // namespace framescope
