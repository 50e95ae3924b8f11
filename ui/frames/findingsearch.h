#pragma once
/// Looks for a frame in the background: the next or previous one with a finding, from where a person is, or the last
/// one before a moment.
/// Thread: gui. A new search ends the one before.
#include "ui/frames/framescan.h"

#include <optional>

namespace framescope {

class FrameCache;
class FrameTableModel;

class FindingSearch : public QObject
{
    Q_OBJECT

public:
    FindingSearch(FrameCache* cache, const FrameTableModel* model, QObject* parent = nullptr);

    /// From the frame after (before) @p number; only frames that the model's filter shows. With @p id only that
    /// finding.
    void start(quint64 number, bool forward, std::optional<FindingId> id = std::nullopt);
    /// The newest shown frame that came at @p wallNs or before; see ScanRequest::notAfterWallNs for a clock that
    /// jumped.
    void startAtTime(qint64 wallNs);
    [[nodiscard]] bool isForTime() const { return m_isForTime; }

Q_SIGNALS:
    void found(quint64 number);
    void notFound(bool forward);

private:
    FrameCache* m_cache;
    const FrameTableModel* m_model;
    FrameScan* m_scan;
    bool m_forward = true;
    bool m_hasFound = false;
    bool m_isForTime = false;
};

} // namespace framescope
