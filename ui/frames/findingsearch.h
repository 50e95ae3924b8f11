#pragma once
/// Looks for the next or previous frame with a finding, from where a person is, in the background.
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

Q_SIGNALS:
    void found(quint64 number);
    void notFound(bool forward);

private:
    FrameCache* m_cache;
    const FrameTableModel* m_model;
    FrameScan* m_scan;
    bool m_forward = true;
    bool m_hasFound = false;
};

} // namespace framescope
